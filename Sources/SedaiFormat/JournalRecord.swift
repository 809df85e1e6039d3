import SedaiBytes

/// One step of the metadata's history. Applying the same records to the same pages gives
/// the same pages and counts: the running engine and recovery share one function for it.
///
/// Encoded as a kind (u8), a small field (u8), a slot or count (u16), a second small field
/// (u32), then 64-bit words; variable parts follow with their length. All little-endian.
public enum JournalRecord: Equatable, Sendable {
  /// What a page held when the current checkpoint interval began. Not a change.
  case pageImage(PageNumber, [UInt8])
  /// A new, empty map page of `image`.
  case pageNew(PageNumber, level: UInt8, index: UInt64, epoch: UInt64, image: ImageID)
  /// `to` is a copy of `from` for a new owner; everything it refers to gains a reference.
  case pageCopy(from: PageNumber, to: PageNumber, epoch: UInt64)
  /// The page, referred to once, is taken over by a new owner epoch.
  case pageOwn(PageNumber, epoch: UInt64)
  /// Entry `slot` of `parent` now refers to `child`; the page it referred to loses one.
  case child(parent: PageNumber, slot: UInt16, child: PageNumber)
  /// The image's root; the former one loses a reference, or hangs below the new one.
  case root(ImageID, PageNumber, height: UInt8, replaces: Bool)
  /// A leaf entry after a write. Takes effect only if the data it speaks of is there.
  case entry(ImageID, page: PageNumber, slot: UInt16, own: UInt64, base: UInt64, allocates: Bool)
  /// Entries `from`..<`to` of a leaf read as zeroes.
  case clear(ImageID, page: PageNumber, from: UInt16, to: UInt16)
  /// Blocks `mask` of an entry read as zeroes.
  case clearBlocks(ImageID, page: PageNumber, slot: UInt16, mask: UInt16)
  case create(ImageID, role: ImageRole, pool: PoolID, length: UInt64, epoch: UInt64)
  /// `image` begins as `source` is now; both get new epochs. Its home is `pool`, or that of
  /// the source.
  case derive(
    ImageID, role: ImageRole, source: ImageID, epoch: UInt64, sourceEpoch: UInt64, pool: PoolID?)
  /// `target` becomes what `source` is; what it was is kept as `undo`, or given up (0).
  case restore(target: ImageID, source: ImageID, undo: ImageID, epoch: UInt64, sourceEpoch: UInt64)
  case delete(ImageID)
  case resize(ImageID, length: UInt64)
  /// One page of a deleted image loses the reference that was to be released.
  case release(PageNumber)
  case segment(index: UInt64, SegmentPurpose)
  case pool(PoolID, isSparse: Bool, members: [PoolMemberRecord])
  case removePool(PoolID)
  case reserve(PoolID, chunks: UInt64)
  /// Chunks of a pool for what its volumes' generations have not moved to their own yet.
  case staging(PoolID, chunks: UInt64)
  /// Wherever an entry of a leaf refers to the chunk `from` it now refers to `to`, which holds
  /// the same; nothing if it does not.
  case move(page: PageNumber, slot: UInt16, from: ChunkAddress, to: ChunkAddress)
  /// All that the image refers to is in its own pool.
  case atHome(ImageID)
  /// A flush of the pool failed: what was not flushed before may be lost.
  case poisoned(PoolID)
  case put(key: [UInt8], value: [UInt8])
  case remove(key: [UInt8])
}

/// What a segment of the system area holds.
public enum SegmentPurpose: Equatable, Sendable {
  /// Two blocks of counts, then map pages.
  case mapPages
  /// Count pages of a pool in pairs, from count page `first` on.
  case counts(PoolID, first: UInt64)
}

/// A file or device of a pool, as the array remembers it.
public struct PoolMemberRecord: Equatable, Sendable {
  public var identity: [UInt8]
  public var path: [UInt8]
  public var chunks: UInt64

  public init(identity: [UInt8], path: [UInt8], chunks: UInt64) {
    self.identity = identity
    self.path = path
    self.chunks = chunks
  }

  func append(to out: inout [UInt8]) {
    out += identity
    out.append64(chunks)
    out.appendCounted(path)
  }

  init(_ reader: inout ByteReader) throws(OutOfBytes) {
    identity = try reader.bytes(16)
    chunks = try reader.u64()
    path = try reader.counted()
  }
}
