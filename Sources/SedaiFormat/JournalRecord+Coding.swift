public import SedaiBytes

extension JournalRecord {
  private enum Kind: UInt8 {
    case pageImage = 1
    case pageNew, pageCopy, pageOwn, child, root, entry, clear, clearBlocks, create, derive
    case restore, delete, resize, release, segment, pool, removePool, reserve, poisoned, put
    case remove, deriveApart, staging, move, atHome
  }

  /// Appends the record as the journal holds it.
  public func append(to out: inout [UInt8]) {
    func head(_ kind: Kind, _ small: UInt8 = 0, _ slot: UInt16 = 0, _ second: UInt32 = 0) {
      out.append64(
        UInt64(kind.rawValue) | UInt64(small) << 8 | UInt64(slot) << 16 | UInt64(second) << 32)
    }
    switch self {
    case .pageImage(let page, let bytes):
      head(.pageImage)
      out.append64(page.rawValue)
      out += bytes
    case .pageNew(let page, let level, let index, let epoch, let image):
      head(.pageNew, level)
      for word in [page.rawValue, index, epoch, image.rawValue] { out.append64(word) }
    case .pageCopy(let from, let to, let epoch):
      head(.pageCopy)
      for word in [from.rawValue, to.rawValue, epoch] { out.append64(word) }
    case .pageOwn(let page, let epoch):
      head(.pageOwn)
      out.append64(page.rawValue)
      out.append64(epoch)
    case .child(let parent, let slot, let child):
      head(.child, 0, slot)
      out.append64(parent.rawValue)
      out.append64(child.rawValue)
    case .root(let image, let page, let height, let replaces):
      head(.root, height, replaces ? 1 : 0)
      out.append64(image.rawValue)
      out.append64(page.rawValue)
    case .entry(let image, let page, let slot, let own, let base, let allocates):
      head(.entry, allocates ? 1 : 0, slot)
      out.append64(image.rawValue)
      out.append64(page.rawValue)
      out.append64(own)
      out.append64(base)
    case .clear(let image, let page, let from, let to):
      head(.clear, 0, from, UInt32(to))
      out.append64(image.rawValue)
      out.append64(page.rawValue)
    case .clearBlocks(let image, let page, let slot, let mask):
      head(.clearBlocks, 0, slot, UInt32(mask))
      out.append64(image.rawValue)
      out.append64(page.rawValue)
    case .create(let image, let role, let pool, let length, let epoch):
      head(.create, role.rawValue, UInt16(pool.rawValue))
      for word in [image.rawValue, length, epoch] { out.append64(word) }
    case .derive(let image, let role, let source, let epoch, let sourceEpoch, let pool):
      if let pool {
        head(.deriveApart, role.rawValue, UInt16(pool.rawValue))
      } else {
        head(.derive, role.rawValue)
      }
      for word in [image.rawValue, source.rawValue, epoch, sourceEpoch] { out.append64(word) }
    case .restore(let target, let source, let undo, let epoch, let sourceEpoch):
      head(.restore)
      for word in [target.rawValue, source.rawValue, undo.rawValue, epoch, sourceEpoch] {
        out.append64(word)
      }
    case .delete(let image):
      head(.delete)
      out.append64(image.rawValue)
    case .resize(let image, let length):
      head(.resize)
      out.append64(image.rawValue)
      out.append64(length)
    case .release(let page):
      head(.release)
      out.append64(page.rawValue)
    case .segment(let index, let purpose):
      switch purpose {
      case .mapPages:
        head(.segment, 0)
        out.append64(index)
        out.append64(0)
      case .counts(let pool, let first):
        head(.segment, 1, UInt16(pool.rawValue))
        out.append64(index)
        out.append64(first)
      }
    case .pool(let pool, let isSparse, let members):
      head(.pool, isSparse ? 1 : 0, UInt16(pool.rawValue), UInt32(members.count))
      for member in members { member.append(to: &out) }
    case .removePool(let pool): head(.removePool, 0, UInt16(pool.rawValue))
    case .reserve(let pool, let chunks):
      head(.reserve, 0, UInt16(pool.rawValue))
      out.append64(chunks)
    case .staging(let pool, let chunks):
      head(.staging, 0, UInt16(pool.rawValue))
      out.append64(chunks)
    case .move(let page, let slot, let from, let to):
      head(.move, 0, slot)
      for word in [page.rawValue, from.rawValue, to.rawValue] { out.append64(word) }
    case .atHome(let image):
      head(.atHome)
      out.append64(image.rawValue)
    case .poisoned(let pool): head(.poisoned, 0, UInt16(pool.rawValue))
    case .put(let key, let value):
      head(.put)
      out.appendCounted(key)
      out.appendCounted(value)
    case .remove(let key):
      head(.remove)
      out.appendCounted(key)
    }
  }

  /// Reads the next record.
  /// - Throws: `damaged` if there is none or it makes no sense.
  public init(_ reader: inout ByteReader) throws(FormatError) {
    do { self = try Self.read(&reader) } catch is OutOfBytes {
      throw .damaged("journal record cut short")
    } catch let error as FormatError {
      throw error
    } catch {
      throw .damaged("journal record")
    }
  }

  private static func read(_ reader: inout ByteReader) throws -> Self {
    let word = try reader.u64()
    let small = UInt8(truncatingIfNeeded: word >> 8)
    let slot = UInt16(truncatingIfNeeded: word >> 16)
    let second = UInt32(truncatingIfNeeded: word >> 32)
    let pool = PoolID(UInt8(truncatingIfNeeded: slot))
    guard let kind = Kind(rawValue: UInt8(truncatingIfNeeded: word)) else {
      throw FormatError.damaged("journal record of unknown kind \(word & 255)")
    }
    func image() throws -> ImageID { ImageID(try reader.u64()) }
    func page() throws -> PageNumber { PageNumber(try reader.u64()) }
    func chunk() throws -> ChunkAddress {
      let word = try reader.u64()
      guard word >> ChunkAddress.bits == 0 else {
        throw FormatError.damaged("journal record with chunk \(word)")
      }
      return ChunkAddress(rawValue: word)
    }
    func role() throws -> ImageRole {
      guard let role = ImageRole(rawValue: small) else {
        throw FormatError.damaged("journal record with image role \(small)")
      }
      return role
    }
    func leafSlot(_ slot: UInt16, _ limit: Int = MapPageLayout.entries - 1) throws -> UInt16 {
      guard Int(slot) <= limit else {
        throw FormatError.damaged("journal record with slot \(slot)")
      }
      return slot
    }
    switch kind {
    case .pageImage:
      return .pageImage(try page(), try reader.bytes(PageArena.pageBytes))
    case .pageNew:
      return .pageNew(
        try page(), level: small, index: try reader.u64(), epoch: try reader.u64(),
        image: try image())
    case .pageCopy: return .pageCopy(from: try page(), to: try page(), epoch: try reader.u64())
    case .pageOwn: return .pageOwn(try page(), epoch: try reader.u64())
    case .child:
      return .child(parent: try page(), slot: try leafSlot(slot), child: try page())
    case .root: return .root(try image(), try page(), height: small, replaces: slot == 1)
    case .entry:
      return .entry(
        try image(), page: try page(), slot: try leafSlot(slot), own: try reader.u64(),
        base: try reader.u64(), allocates: small == 1)
    case .clear:
      return .clear(
        try image(), page: try page(), from: try leafSlot(slot),
        to: try leafSlot(UInt16(truncatingIfNeeded: second), MapPageLayout.entries))
    case .clearBlocks:
      return .clearBlocks(
        try image(), page: try page(), slot: try leafSlot(slot),
        mask: UInt16(truncatingIfNeeded: second))
    case .create:
      return .create(
        try image(), role: try role(), pool: pool, length: try reader.u64(),
        epoch: try reader.u64())
    case .derive, .deriveApart:
      return .derive(
        try image(), role: try role(), source: try image(), epoch: try reader.u64(),
        sourceEpoch: try reader.u64(), pool: kind == .derive ? nil : pool)
    case .restore:
      return .restore(
        target: try image(), source: try image(), undo: try image(), epoch: try reader.u64(),
        sourceEpoch: try reader.u64())
    case .delete: return .delete(try image())
    case .resize: return .resize(try image(), length: try reader.u64())
    case .release: return .release(try page())
    case .segment:
      let index = try reader.u64()
      let first = try reader.u64()
      return .segment(index: index, small == 0 ? .mapPages : .counts(pool, first: first))
    case .pool:
      var members: [PoolMemberRecord] = []
      for _ in 0..<second { members.append(try PoolMemberRecord(&reader)) }
      return .pool(pool, isSparse: small == 1, members: members)
    case .removePool: return .removePool(pool)
    case .reserve: return .reserve(pool, chunks: try reader.u64())
    case .staging: return .staging(pool, chunks: try reader.u64())
    case .move:
      return .move(
        page: try page(), slot: try leafSlot(slot), from: try chunk(), to: try chunk())
    case .atHome: return .atHome(try image())
    case .poisoned: return .poisoned(pool)
    case .put: return .put(key: try reader.counted(), value: try reader.counted())
    case .remove: return .remove(key: try reader.counted())
    }
  }
}
