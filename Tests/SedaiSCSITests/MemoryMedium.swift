import SedaiBytes
import SedaiModel
import SedaiMonitor
import SedaiSCSI

/// Blocks in memory that keep account of what was asked of them, and can fail.
final class MemoryMedium: SCSIMedium {
  struct State {
    var bytes: [UInt8]
    var failure: MediumError?
    var isCold = false
    var flushes = 0
    var publications = 0
  }

  let size: UInt64
  let isReadOnly: Bool
  let state: Monitor<State>

  init(blocks: Int = 2048, isReadOnly: Bool = false) {
    size = UInt64(blocks * 512)
    self.isReadOnly = isReadOnly
    state = Monitor(State(bytes: [UInt8](repeating: 0, count: blocks * 512)))
  }

  var bytes: [UInt8] { state.withLock { $0.bytes } }

  func tryRead(at offset: UInt64, into bytes: inout MutableRawSpan) throws(MediumError) -> Bool {
    if state.withLock({ $0.isCold }) { return false }
    try read(at: offset, into: &bytes)
    return true
  }

  func read(at offset: UInt64, into bytes: inout MutableRawSpan) throws(MediumError) {
    let count = bytes.byteCount
    let part = try state.withLock { (state) throws(MediumError) -> [UInt8] in
      if let failure = state.failure { throw failure }
      guard Int(offset) + count <= state.bytes.count else { throw .outOfRange }
      return Array(state.bytes[Int(offset)..<Int(offset) + count])
    }
    part.withBytes(0..<count) { bytes.copy($0, at: 0) }
  }

  func tryWrite(at offset: UInt64, from bytes: RawSpan) throws(MediumError) -> Bool {
    if state.withLock({ $0.isCold }) { return false }
    try write(at: offset, from: bytes)
    return true
  }

  func write(at offset: UInt64, from bytes: RawSpan) throws(MediumError) {
    var content: [UInt8] = []
    content.append(bytes)
    try store(content, at: offset)
  }

  func trim(at offset: UInt64, count: UInt64) throws(MediumError) {
    try store([UInt8](repeating: 0, count: Int(count)), at: offset)
  }

  private func store(_ content: [UInt8], at offset: UInt64) throws(MediumError) {
    if isReadOnly { throw .readOnly }
    try state.withLock { (state) throws(MediumError) in
      if let failure = state.failure { throw failure }
      guard Int(offset) + content.count <= state.bytes.count else { throw .outOfRange }
      state.bytes.replaceSubrange(Int(offset)..<Int(offset) + content.count, with: content)
    }
  }

  func flush() throws(MediumError) { state.withLock { $0.flushes += 1 } }
  func publish() throws(MediumError) { state.withLock { $0.publications += 1 } }

  func extents(
    at offset: UInt64, count: UInt64, limit: Int
  ) throws(MediumError) -> [MediumExtent] {
    state.withLock { state in
      stride(from: offset, to: offset + count, by: 4096).prefix(limit).map { start in
        let end = min(start + 4096, offset + count)
        return MediumExtent(
          offset: start, count: end - start,
          isAllocated: state.bytes[Int(start)..<Int(end)].contains { $0 != 0 })
      }
    }
  }
}

/// A unit that shows a medium, and initiators that look at it.
struct UnitUnderTest {
  let unit: LogicalUnit
  let medium: MemoryMedium
  let first: AttachmentID
  let second: AttachmentID

  init(
    _ medium: MemoryMedium = MemoryMedium(), creation: UInt64 = 7, blockBytes: UInt64 = 512,
    kept: UnitReservations? = nil, keeper: (any ReservationKeeper)? = nil
  ) {
    self.medium = medium
    unit = LogicalUnit(
      identity: UnitIdentity(
        array: 0x1234_5678_9ABC_DEF0, creation: creation, number: 0x21 + UInt32(creation) - 7,
        name: "bv", blockBytes: blockBytes),
      kept: kept, keeper: keeper)
    unit.show(.medium(medium))
    let (one, two) = (Self.nexus("one"), Self.nexus("two"))
    first = unit.attach(one) {}
    second = unit.attach(two) {}
    for initiator in [first, second] { _ = unit.begin(CommandBlock([]), from: initiator) }
  }

  static func nexus(_ name: String) -> SCSINexus {
    SCSINexus(initiator: "iqn.2026-11.test:\(name),i,0x1", target: "iqn.2026-11.test:t,t,0x0001")
  }

  /// Carries a command out as a transport does.
  @discardableResult
  func run(
    _ block: [UInt8], _ data: [UInt8] = [], by initiator: AttachmentID? = nil,
    others: [UnitUnderTest] = []
  ) -> SCSIOutcome {
    switch unit.begin(CommandBlock(block), from: initiator ?? first) {
    case .finished(let outcome): return outcome
    case .units(let select, let allocation):
      do throws(Sense) {
        return try UnitList.answer(units: [0], select: select, allocation: allocation)
      } catch {
        return unit.outcome(of: error)
      }
    case .job(let job):
      return data.withBytes(0..<data.count) { unit.perform(job, data: $0) }
    case .copy(let job):
      let parties = (others + [self]).map {
        CopyParty(unit: $0.unit, nexus: Self.nexus(initiator == second ? "two" : "one"))
      }
      return data.withBytes(0..<data.count) { unit.copy(job, data: $0, among: parties) }
    case .read(let transfer):
      var bytes = [UInt8](repeating: 0, count: transfer.count)
      do throws(MediumError) {
        try bytes.withMutableBytes(0..<transfer.count) { (span) throws(MediumError) in
          try transfer.medium.read(at: transfer.offset, into: &span)
        }
        return SCSIOutcome(status: .good, data: bytes)
      } catch {
        return unit.outcome(of: error, writing: false)
      }
    case .write(let transfer, _):
      do throws(MediumError) {
        try data.withBytes(0..<data.count) { (span) throws(MediumError) in
          try unit.write(transfer, from: span)
        }
        return .good
      } catch {
        return unit.outcome(of: error, writing: true)
      }
    }
  }

  /// The sense key, code and qualifier of what a command is refused with.
  func sense(
    _ block: [UInt8], _ data: [UInt8] = [], by initiator: AttachmentID? = nil,
    others: [UnitUnderTest] = []
  ) -> [UInt8] {
    let outcome = run(block, data, by: initiator, others: others)
    guard outcome.status == .checkCondition, outcome.sense.count >= 14 else { return [] }
    return [outcome.sense[2], outcome.sense[12], outcome.sense[13]]
  }
}

/// Command descriptor blocks.
enum Block {
  static func number(_ value: UInt64, _ count: Int) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: value >> UInt64(8 * (count - 1 - $0))) }
  }

  static func ten(_ code: UInt8, _ start: UInt32, _ count: UInt16, flags: UInt8 = 0) -> [UInt8] {
    [code, flags] + number(UInt64(start), 4) + [0] + number(UInt64(count), 2) + [0]
  }

  static func sixteen(
    _ code: UInt8, _ start: UInt64, _ count: UInt32, flags: UInt8 = 0
  ) -> [UInt8] {
    [code, flags] + number(start, 8) + number(UInt64(count), 4) + [0, 0]
  }

  static let ready: [UInt8] = [0, 0, 0, 0, 0, 0]

  static func inquiry(_ page: UInt8?) -> [UInt8] {
    [0x12, page == nil ? 0 : 1, page ?? 0, 0, 255, 0]
  }

  static func reserve(_ action: UInt8, _ kind: UInt8 = 0) -> [UInt8] {
    [0x5F, action, kind, 0, 0, 0, 0, 0, 24, 0]
  }

  static func keys(_ own: UInt64, _ other: UInt64 = 0) -> [UInt8] {
    number(own, 8) + number(other, 8) + [UInt8](repeating: 0, count: 8)
  }
}
