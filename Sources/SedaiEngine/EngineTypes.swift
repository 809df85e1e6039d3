public import SedaiBytes
public import SedaiFormat
public import SedaiMonitor

/// Sizes chosen when a system area is made.
public struct FormatParameters: Sendable {
  /// 16 bytes that no other array has.
  public var array: [UInt8]
  public var journalBytes: ByteCount
  /// 4 KiB blocks of a segment; smaller only in tests.
  public var segmentBlocks: UInt32

  public init(
    array: [UInt8], journalBytes: ByteCount = .mebibytes(128), segmentBlocks: UInt32 = 1024
  ) {
    self.array = array
    self.journalBytes = journalBytes
    self.segmentBlocks = segmentBlocks
  }
}

/// Bounds on what a running engine uses.
public struct EngineLimits: Sendable {
  /// 4 KiB pages of metadata held in memory.
  public var cachedPages = 32768
  /// Changed pages at which a checkpoint is due.
  public var dirtyPages = 16384
  /// Journal bytes at which a checkpoint is due; half the journal if that is less.
  public var checkpointJournalBytes: UInt64 = 64 << 20
  /// Data calls under way at once; more wait.
  public var concurrentCalls = 256
  /// Chunks looked up at a time.
  public static let chunksPerPlan = 16
  /// Pages loaded or waits made before one call gives up: a bound on a defect, not on use.
  public static let retries = 1_000_000
  /// Pages written home in one call of the device.
  public static let pagesPerWrite = 64

  public init() {}
}

/// What an engine is given from outside.
public struct EngineEnvironment: Sendable {
  /// Opens a file or device of a pool; its label is checked by the engine.
  public var openMember: @Sendable (PoolMemberRecord) throws(DeviceError) -> any BlockDevice
  /// 16 bytes that change with every boot of the kernel. Equal to those of the last
  /// opening, they mean that what was written is still there, flushed or not.
  public var boot: [UInt8]
  public var limits: EngineLimits
  public var schedule: (any ThreadSchedule)?

  public init(
    boot: [UInt8], limits: EngineLimits = EngineLimits(),
    schedule: (any ThreadSchedule)? = nil,
    openMember: @escaping @Sendable (PoolMemberRecord) throws(DeviceError) -> any BlockDevice
  ) {
    self.boot = boot
    self.limits = limits
    self.schedule = schedule
    self.openMember = openMember
  }
}

/// One change of a commit.
public enum EngineOperation: Sendable {
  /// Members are devices that carry no label yet; they are labelled in the commit.
  case addPool(PoolID, members: [PoolMember], isSparse: Bool)
  case extendPool(PoolID, members: [PoolMember])
  /// Only without images and with nothing left to reclaim.
  case removePool(PoolID)
  /// Capacity of the pool's snapshot reserve area, in chunks.
  case setReserve(PoolID, chunks: UInt64)
  /// Capacity of the pool's staging area, in chunks: what its volumes no longer hold and
  /// ``Engine/relocate(_:from:limit:)`` has not moved to their generations' pool yet.
  case setStaging(PoolID, chunks: UInt64)
  /// An empty live image; the pool promises every index of it a chunk.
  case create(ImageID, pool: PoolID, length: ByteCount)
  /// A generation of what `source` is now; its home is `pool`, or that of the source. What
  /// no live image holds any more is moved there by ``Engine/relocate(_:from:limit:)``.
  case snapshot(source: ImageID, as: ImageID, pool: PoolID? = nil)
  /// A live image that begins as what `source` is now.
  case clone(source: ImageID, as: ImageID)
  /// `target` becomes what `source` is and keeps its own length and pool. What it was is kept
  /// as the image `undo`, in the source's pool, or reclaimed.
  case restore(target: ImageID, from: ImageID, undo: ImageID?)
  /// Gone at once; its space comes back by ``Engine/reclaim(limit:)``.
  case delete(ImageID)
  /// Longer than before; the new part reads as zeroes.
  case resize(ImageID, length: ByteCount)
}

/// A device that is to join a pool.
public struct PoolMember: Sendable {
  public var device: any BlockDevice
  /// 16 bytes that no other member has.
  public var identity: [UInt8]
  /// Where to find it at the next opening.
  public var path: String

  public init(device: any BlockDevice, identity: [UInt8], path: String) {
    self.device = device
    self.identity = identity
    self.path = path
  }
}

/// A change of the records that the array's rules keep beside the images.
public enum CatalogueChange: Sendable {
  case put(key: [UInt8], value: [UInt8])
  case remove(key: [UInt8])
}

/// What there is to know of an image in O(1).
public struct ImageFacts: Sendable, Equatable {
  public let id: ImageID
  public let role: ImageRole
  public let pool: PoolID
  public let length: ByteCount
  /// Indices that hold anything, in chunks.
  public let mappedChunks: UInt64
  /// Indices that hold two chunks.
  public let overlayChunks: UInt64
  /// Map pages reached from its root.
  public let mapPages: UInt64
  /// It may refer to chunks outside of its pool. A live image no longer does once
  /// ``Engine/relocate(_:from:limit:)`` has gone through it from end to end.
  public let isApart: Bool
}

/// A pool's capacity, in chunks, exact for one moment.
public struct PoolCapacity: Sendable, Equatable {
  public enum Condition: Sendable, Equatable { case ready, poisoned, missing }

  public let pool: PoolID
  public let condition: Condition
  public let isSparse: Bool
  public let total: UInt64
  /// Held by anything, those awaiting reuse included.
  public let allocated: UInt64
  /// Promised to live images.
  public let promised: UInt64
  /// Indices of live images that hold anything.
  public let liveMapped: UInt64
  /// Capacity of the snapshot reserve area.
  public let reserve: UInt64
  /// Capacity of the staging area.
  public let staging: UInt64
  /// Freed, but not to be written before a flush, or still being read.
  public let awaitingReuse: UInt64

  /// Chunks of the snapshot reserve area and the staging area in use: all that live images do
  /// not account for.
  public var reserveUsed: UInt64 { allocated > liveMapped ? allocated - liveMapped : 0 }
  /// Neither promised nor reserved.
  public var unpromised: UInt64 {
    let spoken = promised + reserve + staging
    return total > spoken ? total - spoken : 0
  }
}

/// A range of an image that holds something, or reads as zeroes because it never did.
public struct ImageExtent: Sendable, Equatable {
  public let offset: UInt64
  public let count: UInt64
  public let isAllocated: Bool
}

/// A range in which two images do, or do not, share their content.
public struct ImageDifference: Sendable, Equatable {
  public let offset: UInt64
  public let count: UInt64
  public let isChanged: Bool
}

/// Space that images hold.
public struct SpaceUsage: Sendable, Equatable {
  public var chunks: UInt64 = 0
  /// Of those chunks, what their masks declare valid.
  public var validBytes: UInt64 = 0
  public var mapPages: UInt64 = 0
}

/// What a pool's snapshot reserve area holds, and for whom, of one moment.
public struct ReserveUsage: Sendable, Equatable {
  public let capacity: PoolCapacity
  /// What each family holds beyond its live images, in the order asked for. Together with
  /// what is being reclaimed, and new chunks of writes under way, their chunks are
  /// `capacity.reserveUsed`.
  public let families: [SpaceUsage]
}

/// How far the release of deleted images has come.
public struct ReclaimProgress: Sendable, Equatable {
  /// References released by this step.
  public let released: Int
  /// Chunks freed by this step.
  public let freedChunks: UInt64
  /// References known to be left; each may lead to more.
  public let remaining: Int
  public var isDone: Bool { remaining == 0 }
}

/// How far a pass through a family has come that brings chunks to the pools where they belong.
public struct RelocationProgress: Sendable, Equatable {
  /// Chunks copied to another pool, or completed, by this step.
  public let moved: Int
  /// Chunks seen by this step that belong elsewhere and had to stay: the target has no room,
  /// or images outside of the family hold them too.
  public let left: Int
  /// Where the next step goes on; nil at the end of the family's longest image.
  public let next: ChunkIndex?
}

/// How far the merge of an image's overlays has come.
public struct MergeProgress: Sendable, Equatable {
  /// Entries made whole by this step.
  public let merged: Int
  /// Where the next step goes on; nil at the end of the image.
  public let next: ChunkIndex?
}
