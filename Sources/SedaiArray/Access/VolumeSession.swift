import SedaiFormat
import SedaiModel
import SedaiMonitor

/// What an exported volume shows, from the moment it is first opened until something about it
/// changes. Everybody who opens the volume in that time shares one.
final class VolumeSession: Sendable {
  /// The exported disk.
  let volume: VolumeID
  /// The base volume of its family.
  let base: VolumeID
  let view: View
  /// Bytes.
  let size: UInt64
  let overlay: SignatureOverlay?
  /// What fills it from another pool.
  let copy: CopyWork?
  let pace: RequestPace
  let gate = AccessGate()
  private let listeners = Monitor(Listeners())

  enum View: Sendable {
    /// Shows nothing: an unlinked volume, or one whose access does not allow any.
    case nothing
    /// - isLive: it is a base volume's own image, which the array's promise covers.
    case image(ImageID, pool: PoolID, isLive: Bool, isWritable: Bool)
  }

  private struct Listeners {
    var isClosed = false
    var next: UInt64 = 0
    var bodies: [UInt64: @Sendable () -> Void] = [:]
  }

  init(
    volume: VolumeID, base: VolumeID, view: View, size: UInt64, overlay: SignatureOverlay?,
    copy: CopyWork?, pace: RequestPace
  ) {
    self.volume = volume
    self.base = base
    self.view = view
    self.size = size
    self.overlay = overlay
    self.copy = copy
    self.pace = pace
  }

  var isReadOnly: Bool {
    switch view {
    case .nothing: false
    case .image(_, _, _, let isWritable): !isWritable
    }
  }

  /// Calls `body` once when the session closes; at once if it is closed.
  func whenClosed(_ body: @escaping @Sendable () -> Void) -> UInt64 {
    let (number, isClosed) = listeners.withLock { state in
      state.next += 1
      if !state.isClosed { state.bodies[state.next] = body }
      return (state.next, state.isClosed)
    }
    if isClosed { body() }
    return number
  }

  func forget(_ listener: UInt64) {
    listeners.withLock { _ = $0.bodies.removeValue(forKey: listener) }
  }

  /// Ends it: nobody gets in any more, everybody who has it open is told, and on return
  /// nobody is inside. Must not be called with a lock held, nor from inside an access.
  func close() {
    gate.close()
    let bodies = listeners.withLock { state in
      state.isClosed = true
      defer { state.bodies = [:] }
      return Array(state.bodies.values)
    }
    for body in bodies { body() }
    gate.waitUntilEmpty()
  }
}
