import SedaiBytes

/// Everything of the metadata that is not in map or count pages, as a checkpoint writes it.
public struct ArrayState: Equatable, Sendable {
  public static let version: UInt32 = 2
  /// Before it, pools had no staging area and images stayed in one pool.
  private static let firstVersion: UInt32 = 1

  public struct Image: Equatable, Sendable {
    public var id: ImageID
    public var role: ImageRole
    public var pool: PoolID
    /// Bytes.
    public var length: UInt64
    public var root: PageNumber
    public var height: UInt8
    public var epoch: UInt64
    /// Indices that hold anything.
    public var mapped: UInt64
    /// Indices that hold two chunks.
    public var overlays: UInt64
    /// Map pages reached from the root.
    public var pages: UInt64
    /// It may refer to chunks outside of its own pool.
    public var isApart = false

    public init(
      id: ImageID, role: ImageRole, pool: PoolID, length: UInt64, root: PageNumber = .none,
      height: UInt8 = 0, epoch: UInt64, mapped: UInt64 = 0, overlays: UInt64 = 0,
      pages: UInt64 = 0
    ) {
      self.id = id
      self.role = role
      self.pool = pool
      self.length = length
      self.root = root
      self.height = height
      self.epoch = epoch
      self.mapped = mapped
      self.overlays = overlays
      self.pages = pages
    }
  }

  public struct Pool: Equatable, Sendable {
    public var id: PoolID
    public var isSparse: Bool
    public var reserve: UInt64
    public var staging: UInt64
    public var members: [PoolMemberRecord]
    /// Free chunks of each count page.
    public var free: [UInt16]
    /// Which home of each count page holds it.
    public var homes: [CountHome]

    public init(
      id: PoolID, isSparse: Bool, reserve: UInt64, staging: UInt64 = 0,
      members: [PoolMemberRecord], free: [UInt16], homes: [CountHome]
    ) {
      self.id = id
      self.isSparse = isSparse
      self.reserve = reserve
      self.staging = staging
      self.members = members
      self.free = free
      self.homes = homes
    }
  }

  public var nextImage: UInt64 = 1
  public var nextEpoch: UInt64 = 1
  public var segments: [SegmentPurpose] = []
  /// Free map pages of each segment, 0 for a segment of counts.
  public var freePages: [UInt16] = []
  /// Which home of each segment's count page holds it.
  public var pageHomes: [CountHome] = []
  public var pools: [Pool] = []
  public var images: [Image] = []
  /// References of deleted images still to be released, last first.
  public var releasing: [PageNumber] = []
  public var catalogue: [(key: [UInt8], value: [UInt8])] = []

  public init() {}

  public static func == (left: Self, right: Self) -> Bool { left.encoded() == right.encoded() }

  public func encoded() -> [UInt8] {
    var out: [UInt8] = []
    out.append32(Self.version)
    out.append32(0)
    out.append64(nextImage)
    out.append64(nextEpoch)
    out.append64(UInt64(segments.count))
    for (number, purpose) in segments.enumerated() {
      switch purpose {
      case .mapPages:
        out.append64(UInt64(pageHomes[number].packed(with: freePages[number])) << 16)
      case .counts(let pool, let first):
        out.append64(1 | UInt64(pool.rawValue) << 8 | first << 16)
      }
    }
    out.append64(UInt64(pools.count))
    for pool in pools {
      out.append8(pool.id.rawValue)
      out.append8(pool.isSparse ? 1 : 0)
      out.append16(UInt16(pool.members.count))
      out.append32(UInt32(pool.free.count))
      out.append64(pool.reserve)
      out.append64(pool.staging)
      for member in pool.members { member.append(to: &out) }
      for (free, home) in zip(pool.free, pool.homes) { out.append16(home.packed(with: free)) }
    }
    out.append64(UInt64(images.count))
    for image in images {
      out.append8(image.role.rawValue)
      out.append8(image.pool.rawValue)
      out.append8(image.height)
      out.append8(image.isApart ? 1 : 0)
      out.append32(0)
      for word in [
        image.id.rawValue, image.length, image.root.rawValue, image.epoch, image.mapped,
        image.overlays, image.pages,
      ] { out.append64(word) }
    }
    out.append64(UInt64(releasing.count))
    for page in releasing { out.append64(page.rawValue) }
    out.append64(UInt64(catalogue.count))
    for (key, value) in catalogue {
      out.appendCounted(key)
      out.appendCounted(value)
    }
    return out
  }

  public init(decoding bytes: [UInt8]) throws(FormatError) {
    var reader = ByteReader(bytes)
    do {
      try read(&reader)
    } catch let error as FormatError {
      throw error
    } catch {
      throw .damaged("array state cut short")
    }
  }

  private mutating func read(_ reader: inout ByteReader) throws {
    let version = try reader.u32()
    guard version == Self.version || version == Self.firstVersion else {
      throw FormatError.unsupportedVersion(
        what: "array state", found: version, supported: Self.version)
    }
    _ = try reader.u32()
    nextImage = try reader.u64()
    nextEpoch = try reader.u64()
    for _ in 0..<(try reader.u64()) {
      let word = try reader.u64()
      if word & 255 == 0 {
        segments.append(.mapPages)
        let (free, home) = try CountHome.unpacked(UInt16(truncatingIfNeeded: word >> 16))
        freePages.append(free)
        pageHomes.append(home)
      } else {
        segments.append(
          .counts(PoolID(UInt8(truncatingIfNeeded: word >> 8)), first: word >> 16))
        freePages.append(0)
        pageHomes.append(.none)
      }
    }
    for _ in 0..<(try reader.u64()) { pools.append(try Self.pool(&reader, version)) }
    for _ in 0..<(try reader.u64()) { images.append(try Self.image(&reader)) }
    for _ in 0..<(try reader.u64()) { releasing.append(PageNumber(try reader.u64())) }
    for _ in 0..<(try reader.u64()) {
      catalogue.append((key: try reader.counted(), value: try reader.counted()))
    }
  }

  private static func pool(_ reader: inout ByteReader, _ version: UInt32) throws -> Pool {
    let id = PoolID(try reader.u8())
    let isSparse = try reader.u8() == 1
    let memberCount = try reader.u16()
    let freeCount = try reader.u32()
    let reserve = try reader.u64()
    let staging = version == firstVersion ? 0 : try reader.u64()
    var members: [PoolMemberRecord] = []
    for _ in 0..<memberCount { members.append(try PoolMemberRecord(&reader)) }
    var free: [UInt16] = []
    var homes: [CountHome] = []
    for _ in 0..<freeCount {
      let (count, home) = try CountHome.unpacked(try reader.u16())
      free.append(count)
      homes.append(home)
    }
    return Pool(
      id: id, isSparse: isSparse, reserve: reserve, staging: staging, members: members, free: free,
      homes: homes)
  }

  private static func image(_ reader: inout ByteReader) throws -> Image {
    guard let role = ImageRole(rawValue: try reader.u8()) else {
      throw FormatError.damaged("array state: image role")
    }
    let pool = PoolID(try reader.u8())
    let height = try reader.u8()
    let isApart = try reader.u8() == 1
    try reader.skip(4)
    var image = Image(
      id: ImageID(try reader.u64()), role: role, pool: pool, length: try reader.u64(),
      root: PageNumber(try reader.u64()), height: height, epoch: try reader.u64(),
      mapped: try reader.u64(), overlays: try reader.u64(), pages: try reader.u64())
    image.isApart = isApart
    return image
  }
}
