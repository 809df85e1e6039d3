import SedaiArray
import SedaiMonitor
import SedaiNetwork

/// A volume in memory that keeps account of what was asked of it, can be cold (nothing can be
/// done without waiting), can hold its calls at a gate, and can fail.
final class MemoryVolume: NBDVolume {
  struct State {
    var bytes: [UInt8]
    var isCold = false
    /// While true, calls that may block do.
    var isGated = false
    var failure: VolumeError?
    var publishFailure: VolumeError?
    var generations: Set<String> = []
    var changed: [Range<Int>] = []
    var isClosed = false
    /// What the next requests have to wait, in nanoseconds; none left: nothing.
    var waits: [UInt64] = []
    var whenClosed: [@Sendable () -> Void] = []

    var reads = 0
    var blockingCalls = 0
    /// Changes that were made, made known to the kernel, made durable: counted.
    var changes = 0
    var published = 0
    var flushed = 0
  }

  let size: UInt64
  let isReadOnly: Bool
  let state: Monitor<State>

  init(bytes: [UInt8], isReadOnly: Bool = false) {
    size = UInt64(bytes.count)
    self.isReadOnly = isReadOnly
    state = Monitor(State(bytes: bytes))
  }

  convenience init(count: Int) { self.init(bytes: Array(repeating: 0, count: count)) }

  func change<Result>(_ body: (inout State) -> Result) -> Result {
    let result = state.withLock { body(&$0) }
    state.wakeAll()
    return result
  }

  /// Waits until the state is as wanted.
  func wait(until condition: (State) -> Bool) {
    state.wait { condition($0) ? () : nil }
  }

  func close() {
    let bodies = change { state in
      state.isClosed = true
      return state.whenClosed
    }
    for body in bodies { body() }
  }

  private func checked<Result>(
    _ body: (inout State) throws(VolumeError) -> Result
  ) throws(VolumeError) -> Result {
    defer { state.wakeAll() }
    return try state.withLock { state throws(VolumeError) in
      if let failure = state.failure { throw failure }
      return try body(&state)
    }
  }

  private func waitAtGate() {
    change { $0.blockingCalls += 1 }
    wait { !$0.isGated }
  }

  private func store(_ state: inout State, _ offset: UInt64, _ bytes: RawSpan) {
    unsafe bytes.withUnsafeBytes {
      unsafe state.bytes.replaceSubrange(Int(offset)..<(Int(offset) + $0.count), with: $0)
    }
    state.changes += 1
  }

  private func clear(_ state: inout State, _ offset: UInt64, _ count: UInt64) {
    let range = Int(offset)..<Int(offset + count)
    state.bytes.replaceSubrange(range, with: repeatElement(0, count: range.count))
    state.changes += 1
  }

  func takePlace() -> UInt64 {
    change { $0.waits.isEmpty ? 0 : $0.waits.removeFirst() }
  }

  func tryRead(at offset: UInt64, into bytes: inout MutableRawSpan) throws(VolumeError) -> Bool {
    if state.withLock({ $0.isCold }) { return false }
    try readNow(offset, &bytes)
    return true
  }

  func read(at offset: UInt64, into bytes: inout MutableRawSpan) throws(VolumeError) {
    waitAtGate()
    try readNow(offset, &bytes)
  }

  private func readNow(_ offset: UInt64, _ bytes: inout MutableRawSpan) throws(VolumeError) {
    // The span cannot be captured, so the content is copied out under the lock first.
    let content = try checked { state throws(VolumeError) in
      state.reads += 1
      return Array(state.bytes[Int(offset)..<(Int(offset) + bytes.byteCount)])
    }
    unsafe bytes.withUnsafeMutableBytes { unsafe $0.copyBytes(from: content) }
  }

  func tryWrite(at offset: UInt64, from bytes: RawSpan) throws(VolumeError) -> Bool {
    try checked { state throws(VolumeError) in
      if state.isCold { return false }
      store(&state, offset, bytes)
      return true
    }
  }

  func write(at offset: UInt64, from bytes: RawSpan) throws(VolumeError) {
    waitAtGate()
    try checked { state throws(VolumeError) in store(&state, offset, bytes) }
  }

  func tryTrim(at offset: UInt64, count: UInt64) throws(VolumeError) -> Bool {
    try checked { state throws(VolumeError) in
      if state.isCold { return false }
      clear(&state, offset, count)
      return true
    }
  }

  func trim(at offset: UInt64, count: UInt64) throws(VolumeError) {
    waitAtGate()
    try checked { state throws(VolumeError) in clear(&state, offset, count) }
  }

  func writeZeroes(at offset: UInt64, count: UInt64, mayPunch: Bool) throws(VolumeError) {
    try trim(at: offset, count: count)
  }

  func flush() throws(VolumeError) {
    waitAtGate()
    try checked { state throws(VolumeError) in
      state.published = state.changes
      state.flushed = state.changes
    }
  }

  func publish() throws(VolumeError) {
    try checked { state throws(VolumeError) in
      if let failure = state.publishFailure { throw failure }
      state.published = state.changes
    }
  }

  /// Blocks of 4 KiB that are all zeroes count as not allocated.
  func extents(
    at offset: UInt64, count: UInt64, limit: Int
  ) throws(VolumeError) -> [VolumeExtent] {
    try checked { state throws(VolumeError) in
      stride(from: offset, to: offset + count, by: 4096).prefix(limit).map { start in
        let end = min(start + 4096, offset + count)
        return VolumeExtent(
          offset: start, count: end - start,
          isAllocated: state.bytes[Int(start)..<Int(end)].contains { $0 != 0 })
      }
    }
  }

  func changes(
    since generation: String, at offset: UInt64, count: UInt64, limit: Int
  ) throws(VolumeError) -> [VolumeChange] {
    try checked { state throws(VolumeError) in
      guard state.generations.contains(generation) else { throw .invalid }
      return stride(from: offset, to: offset + count, by: 4096).prefix(limit).map { start in
        let end = min(start + 4096, offset + count)
        let range = Int(start)..<Int(end)
        return VolumeChange(
          offset: start, count: end - start,
          isChanged: state.changed.contains { $0.overlaps(range) })
      }
    }
  }

  func whenClosed(_ body: @escaping @Sendable () -> Void) {
    let isClosed = change { state in
      state.whenClosed.append(body)
      return state.isClosed
    }
    if isClosed { body() }
  }
}

/// Volumes by name; each may be seen by all, or by some peers only.
struct MemoryDirectory: NBDExportDirectory {
  var volumes: [String: MemoryVolume]
  var visible: [Peer: Set<String>] = [:]

  private func names(for peer: Peer) -> Set<String> { visible[peer] ?? Set(volumes.keys) }

  func exports(for peer: Peer) -> [ExportFacts] {
    volumes.sorted { $0.key < $1.key }.filter { names(for: peer).contains($0.key) }.map {
      ExportFacts(
        name: $0.key, size: $0.value.size, isReadOnly: $0.value.isReadOnly,
        description: "in memory")
    }
  }

  func openVolume(export name: String, for peer: Peer) -> (any NBDVolume)? {
    names(for: peer).contains(name) ? volumes[name] : nil
  }
}
