import SedaiBytes
import SedaiMonitor
import SedaiSCSI

/// A disk of 1 MiB of zeroes that forgets what is written, and traps on what lies outside.
private final class Nothing: SCSIMedium {
  let size: UInt64 = 1 << 20
  let isReadOnly = false

  private func check(_ offset: UInt64, _ count: Int) {
    precondition(offset <= size && UInt64(count) <= size - offset, "outside the disk")
  }

  func tryRead(at offset: UInt64, into bytes: inout MutableRawSpan) throws(MediumError) -> Bool {
    try read(at: offset, into: &bytes)
    return true
  }
  func read(at offset: UInt64, into bytes: inout MutableRawSpan) throws(MediumError) {
    check(offset, bytes.byteCount)
    bytes.zero(0..<bytes.byteCount)
  }
  func tryWrite(at offset: UInt64, from bytes: RawSpan) throws(MediumError) -> Bool {
    check(offset, bytes.byteCount)
    return true
  }
  func write(at offset: UInt64, from bytes: RawSpan) throws(MediumError) {
    check(offset, bytes.byteCount)
  }
  func trim(at offset: UInt64, count: UInt64) throws(MediumError) { check(offset, Int(count)) }
  func flush() throws(MediumError) {}
  func publish() throws(MediumError) {}
  func extents(
    at offset: UInt64, count: UInt64, limit: Int
  ) throws(MediumError) -> [MediumExtent] {
    check(offset, Int(count))
    return [MediumExtent(offset: offset, count: count, isAllocated: false)]
  }
}

/// Commands of 16 bytes, each followed by as many bytes of data as its first byte of data says.
private func run(_ bytes: [UInt8]) {
  let unit = LogicalUnit(identity: UnitIdentity(array: 1, creation: 2, number: 3, name: "d"))
  unit.show(.medium(Nothing()))
  let sessions = ["a", "b"].map { name in
    unit.attach(SCSINexus(initiator: name, target: "t,t,0x0001")) {}
  }
  var place = 0
  while place + CommandBlock.byteCount < bytes.count {
    let block = CommandBlock(Array(bytes[place..<place + CommandBlock.byteCount]))
    place += CommandBlock.byteCount
    let length = min(Int(bytes[place]) * 4, bytes.count - place - 1)
    let session = sessions[Int(bytes[place] & 1)]
    place += 1
    let data = Array(bytes[place..<place + length])
    place += length
    switch unit.begin(block, from: session) {
    case .job(let job):
      let outcome = data.withBytes(0..<data.count) { unit.perform(job, data: $0) }
      precondition((outcome.status == .checkCondition) == !outcome.sense.isEmpty)
    case .copy(let job):
      let parties = ["a", "b"].map {
        CopyParty(unit: unit, nexus: SCSINexus(initiator: $0, target: "t,t,0x0001"))
      }
      let outcome = data.withBytes(0..<data.count) { unit.copy(job, data: $0, among: parties) }
      precondition((outcome.status == .checkCondition) == !outcome.sense.isEmpty)
    case .read(let transfer), .write(let transfer, _):
      precondition(transfer.offset + UInt64(transfer.count) <= transfer.medium.size)
    case .finished, .units: break
    }
  }
}

/// The entry that libFuzzer calls with each input.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOneInput(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  // SAFETY: libFuzzer owns `count` bytes at `data` for the time of the call; they are copied.
  run(unsafe Array(UnsafeBufferPointer(start: data, count: count)))
  return 0
}
