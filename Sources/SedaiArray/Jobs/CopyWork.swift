import SedaiFormat
import SedaiMonitor

/// How far a copy between pools is, shared by the job that makes it and by hosts that use its
/// target meanwhile.
///
/// The target is copied window after window. A host that comes to a window first has it copied
/// at once; the job leaves it out then. One of them at a time works on a window. Before a host
/// writes to a window, the catalogue knows that the copy must not go there again.
final class CopyWork: Sendable {
  /// Bytes copied at a time: a host that needs one block of it waits for so many.
  static let windowBytes: UInt64 = 1 << 20

  /// What to copy for a window.
  struct Claim: Sendable {
    var window: UInt64
    var from: ImageID?
    var content: ImageID
  }

  private struct State: Sendable {
    var copy: PairCopy
    /// The window that the job comes to next.
    var position: UInt64
    /// Copied as the last moment has them, ahead of the job.
    var settled: Set<UInt64>
    var busy: Set<UInt64> = []
    var isSwitching = false
    var isOver = false

    /// The catalogue knows that the last moment's contents are there.
    func isSettled(_ window: UInt64) -> Bool {
      settled.contains(window)
        || (copy.next == nil && window < copy.done / CopyWork.windowBytes)
    }
  }

  private let state: Monitor<State>

  init(_ copy: PairCopy) {
    state = Monitor(
      State(
        copy: copy, position: copy.done / Self.windowBytes,
        settled: Set(copy.written.joined())))
  }

  /// Takes over what the catalogue says now.
  func update(_ copy: PairCopy) {
    state.withLock { state in
      if copy.source != state.copy.source { state.position = copy.done / Self.windowBytes }
      state.copy = copy
    }
    state.wakeAll()
  }

  /// Nobody has to wait for it any more.
  func finish() {
    state.withLock { $0.isOver = true }
    state.wakeAll()
  }

  var copy: PairCopy { state.withLock { $0.copy } }
  /// Bytes from the start that the job is done with.
  var doneBytes: UInt64 { state.withLock { $0.position * Self.windowBytes } }

  // MARK: The job

  /// The job has found nothing to copy before `window`.
  func advance(to window: UInt64) {
    state.withLock { $0.position = max($0.position, window) }
  }

  /// The window for the job, once nobody works on it; nil if it is done already.
  func claimForJob(_ window: UInt64) -> Claim? {
    state.wait { state -> Claim?? in
      if state.busy.contains(window) { return nil }
      let isDone = window < state.position || state.settled.contains(window)
      if isDone || state.isOver { return .some(nil) }
      state.busy.insert(window)
      return Claim(window: window, from: state.copy.from, content: state.copy.source)
    }
  }

  /// Runs `body` while nobody works on any window.
  func whileIdle<Result>(_ body: () throws -> Result) rethrows -> Result {
    state.wait { state -> Void? in
      if state.isSwitching || !state.busy.isEmpty { return nil }
      state.isSwitching = true
      return ()
    }
    defer {
      state.withLock { $0.isSwitching = false }
      state.wakeAll()
    }
    return try body()
  }

  // MARK: Hosts

  /// Whether a range is as the last moment has it.
  func isSettled(at offset: UInt64, count: UInt64) -> Bool {
    state.withLock { state in
      if state.isOver || count == 0 { return true }
      return Self.windows(at: offset, count: count).allSatisfy { state.isSettled($0) }
    }
  }

  static func windows(at offset: UInt64, count: UInt64) -> Range<UInt64> {
    offset / windowBytes..<(offset + count - 1) / windowBytes + 1
  }

  /// What a host has to do before it uses a window.
  enum Duty: Sendable {
    case nothing
    /// The job is done with it and the catalogue does not know yet.
    case keep
    /// Too many windows were copied for hosts: help the job.
    case help
    case copy(Claim)
  }

  /// Parts copied for hosts ahead of the job, at most: the catalogue keeps a list of them.
  private static let partsLimit = 2048

  /// What to do for a window, once nobody works on it.
  func claim(_ window: UInt64) -> Duty {
    state.wait { state -> Duty? in
      if state.isOver || state.isSettled(window) { return .nothing }
      if state.isSwitching || state.busy.contains(window) { return nil }
      if window < state.position, state.copy.next == nil { return .keep }
      if state.copy.written.count >= Self.partsLimit { return .help }
      state.busy.insert(window)
      let isAhead = window >= state.position
      return .copy(
        Claim(
          window: window, from: isAhead ? state.copy.from : state.copy.source,
          content: state.copy.next ?? state.copy.source))
    }
  }

  /// - Parameter isSettled: a host's window that was copied.
  func release(_ claim: Claim, isSettled: Bool = false) {
    state.withLock { state in
      state.busy.remove(claim.window)
      if isSettled { state.settled.insert(claim.window) }
    }
    state.wakeAll()
  }
}
