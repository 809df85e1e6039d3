/// Where a chunk lies: pool (8 bits) and index in the pool (36 bits).
public struct ChunkAddress: RawRepresentable, Hashable, Sendable {
  public static let indexBits: UInt64 = 36
  public static let bits: UInt64 = 44
  /// The largest pool, in chunks: 4 EiB.
  public static let indexLimit: UInt64 = 1 << indexBits

  public let rawValue: UInt64
  @inlinable public init(rawValue: UInt64) { self.rawValue = rawValue }

  @inlinable public init(pool: PoolID, index: UInt64) {
    rawValue = UInt64(pool.rawValue) << Self.indexBits | index
  }

  @inlinable public var pool: PoolID {
    PoolID(UInt8(truncatingIfNeeded: rawValue >> Self.indexBits))
  }
  @inlinable public var index: UInt64 { rawValue & (Self.indexLimit - 1) }
}

/// What one index of an image holds: up to two chunks and which blocks of each count.
///
/// A block is read from *own*, else from *base*, else it is zero. A chunk whose mask is
/// empty is not there, whatever its address says. 16 bytes on disk: own (44 bits), its
/// mask (16), four flags; base (44), its mask (16), four unused bits.
public struct MapEntry: Equatable, Sendable {
  public static let empty = MapEntry(own: 0, base: 0)
  private static let addressMask: UInt64 = (1 << ChunkAddress.bits) - 1
  /// The own chunk was allocated by this page's owner epoch: nobody else refers to it.
  private static let exclusiveFlag: UInt64 = 1 << 60

  /// The two words as they are on disk.
  public private(set) var ownWord: UInt64
  public private(set) var baseWord: UInt64

  @inlinable public init(own: UInt64, base: UInt64) {
    self.init(words: own, base)
  }

  @usableFromInline init(words own: UInt64, _ base: UInt64) {
    ownWord = own
    baseWord = base
  }

  public init(
    own: ChunkAddress, ownMask: UInt16, exclusive: Bool, base: ChunkAddress? = nil,
    baseMask: UInt16 = 0
  ) {
    let ownBits = ownMask == 0 ? 0 : own.rawValue | UInt64(ownMask) << 44
    ownWord = ownBits | (exclusive && ownMask != 0 ? Self.exclusiveFlag : 0)
    if let base, baseMask != 0 {
      baseWord = base.rawValue | UInt64(baseMask) << 44
    } else {
      baseWord = 0
    }
  }

  public var ownMask: UInt16 { UInt16(truncatingIfNeeded: ownWord >> 44) }
  public var baseMask: UInt16 { UInt16(truncatingIfNeeded: baseWord >> 44) }
  public var isExclusive: Bool { ownWord & Self.exclusiveFlag != 0 }
  public var isEmpty: Bool { ownMask == 0 && baseMask == 0 }
  /// It stacks two chunks.
  public var hasTwo: Bool { ownMask != 0 && baseMask != 0 }
  public var mask: UInt16 { ownMask | baseMask }

  /// The chunk that the own mask speaks of, nil if it is empty.
  public var own: ChunkAddress? {
    ownMask == 0 ? nil : ChunkAddress(rawValue: ownWord & Self.addressMask)
  }

  public var base: ChunkAddress? {
    baseMask == 0 ? nil : ChunkAddress(rawValue: baseWord & Self.addressMask)
  }

  /// The same chunks and blocks, claimed by no epoch.
  public var shared: MapEntry { MapEntry(words: ownWord & ~Self.exclusiveFlag, baseWord) }

  /// Without the blocks of `mask`: they read as zeroes.
  public func clearing(_ mask: UInt16) -> MapEntry {
    let keptOwn = ownMask & ~mask
    let keptBase = baseMask & ~mask
    if keptOwn == 0, let base {
      return MapEntry(own: base, ownMask: keptBase, exclusive: false)
    }
    guard let own else { return .empty }
    return MapEntry(
      own: own, ownMask: keptOwn, exclusive: isExclusive, base: base, baseMask: keptBase)
  }

  /// With another chunk, which holds the same, in place of `chunk`; nil if that is not here.
  public func replacing(_ chunk: ChunkAddress, by other: ChunkAddress) -> MapEntry? {
    guard own == chunk || base == chunk, let own else { return nil }
    return MapEntry(
      own: own == chunk ? other : own, ownMask: ownMask, exclusive: isExclusive && own != chunk,
      base: base == chunk ? other : base, baseMask: baseMask)
  }

  /// Both hold the same content by sharing it: flags apart, the same chunks and masks.
  public func sharesAll(with other: MapEntry) -> Bool { shared == other.shared }

  /// Where block 0…15 lies, nil if it reads as zeroes.
  public func location(ofBlock block: Int) -> ChunkAddress? {
    let bit = UInt16(1) << UInt16(block)
    if ownMask & bit != 0 { return own }
    return baseMask & bit != 0 ? base : nil
  }
}
