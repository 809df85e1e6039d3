import SedaiBytes
import SedaiEngine
import SedaiFormat
import SedaiModel
import SedaiMonitor

/// An opened export. Any number of threads may use it at once.
///
/// An access costs two atomic operations and one call of the engine; no lock of the array is
/// taken. What it shows never changes while it is open: when a link, restore, expansion or
/// removal would change it, it closes instead, every further access throws `shutDown`, and
/// opening the name again shows the new state.
public final class Volume: Sendable {
  let array: DiskArray
  let session: VolumeSession
  private let listeners = Monitor<[UInt64]>([])

  /// How often a write that lacks space is tried again after room was made. Each round gives
  /// up at least one generation or frees a chunk; the bound guards against a defect.
  static let roundsForRoom = 100_000

  init(array: DiskArray, session: VolumeSession) {
    self.array = array
    self.session = session
  }

  deinit {
    for listener in listeners.withLock({ $0 }) { session.forget(listener) }
  }

  /// In bytes; fixed while it is open.
  public var size: UInt64 { session.size }
  /// Whether writes and trims are refused; fixed while it is open.
  public var isReadOnly: Bool { session.isReadOnly }

  /// Calls `body` once, from any thread, when the volume has closed by itself (link change,
  /// restore, resize, unbind, stop); at once if it has; never once the volume is released. The
  /// body must not access the volume and must return soon: the operation that closed it waits.
  public func whenClosed(_ body: @escaping @Sendable () -> Void) {
    let listener = session.whenClosed(body)
    listeners.withLock { $0.append(listener) }
  }

  // MARK: Pace

  /// Counts a request of a host and takes its place in what the disk's I/O limits allow.
  /// Never waits.
  ///
  /// - Returns: nanoseconds that the caller has to wait before it carries the request out; 0
  ///   unless there is a limit.
  @inline(__always)
  public func takePlace() -> UInt64 { session.pace.take(array.environment.monotonic) }

  // MARK: Reading

  /// Reads without waiting for a device: false if it would have to.
  public func tryRead(
    at offset: UInt64, into bytes: inout MutableRawSpan
  ) throws(VolumeError) -> Bool {
    if awaitsCopy(at: offset, count: UInt64(bytes.byteCount)) { return false }
    let image = try enter(offset, UInt64(bytes.byteCount))
    defer { session.gate.leave() }
    do {
      guard try array.engine.tryRead(image, at: offset, into: &bytes) else { return false }
    } catch {
      throw VolumeError(error)
    }
    coverSignature(at: offset, &bytes)
    return true
  }

  /// Reads; may wait for a device.
  public func read(at offset: UInt64, into bytes: inout MutableRawSpan) throws(VolumeError) {
    let count = UInt64(bytes.byteCount)
    if awaitsCopy(at: offset, count: count) {
      try makingRoom { () throws(VolumeError) in
        let image = try enter(offset, count)
        defer { session.gate.leave() }
        return try settle(image, at: offset, count: count)
      }
    }
    let image = try enter(offset, UInt64(bytes.byteCount))
    defer { session.gate.leave() }
    do {
      try array.engine.read(image, at: offset, into: &bytes)
    } catch {
      throw VolumeError(error)
    }
    coverSignature(at: offset, &bytes)
  }

  // MARK: Writing

  /// Writes without waiting for a device: false if it would have to, and then nothing was
  /// written.
  public func tryWrite(at offset: UInt64, from bytes: RawSpan) throws(VolumeError) -> Bool {
    let count = UInt64(bytes.byteCount)
    if awaitsCopy(at: offset, count: count) { return false }
    let image = try enterWritable(offset, count)
    defer { session.gate.leave() }
    if meetsSignature(at: offset, count: count) { return false }
    do {
      return try array.engine.tryWrite(image, at: offset, from: bytes)
    } catch {
      if error.isLackOfRoom { return false }
      throw VolumeError(error)
    }
  }

  /// Writes; may wait for a device, and for room when the snapshot reserve area is full.
  public func write(at offset: UInt64, from bytes: RawSpan) throws(VolumeError) {
    let count = UInt64(bytes.byteCount)
    if meetsSignature(at: offset, count: count) {
      try writeAroundSignature(at: offset, from: bytes)
    } else {
      try writeImage(at: offset, from: bytes)
    }
  }

  func writeImage(at offset: UInt64, from bytes: RawSpan) throws(VolumeError) {
    try withRoom(offset, UInt64(bytes.byteCount)) { (engine, image) throws(EngineError) in
      try engine.write(image, at: offset, from: bytes)
    }
  }

  // MARK: Freeing

  /// Trims without waiting for a device: false if it would have to, and then nothing changed.
  public func tryTrim(at offset: UInt64, count: UInt64) throws(VolumeError) -> Bool {
    if awaitsCopy(at: offset, count: count) { return false }
    let image = try enterWritable(offset, count)
    defer { session.gate.leave() }
    if meetsSignature(at: offset, count: count) { return false }
    do {
      return try array.engine.tryTrim(image, at: offset, count: count)
    } catch {
      if error.isLackOfRoom { return false }
      throw VolumeError(error)
    }
  }

  /// Gives space back; the range reads as zeroes from now on.
  public func trim(at offset: UInt64, count: UInt64) throws(VolumeError) {
    if meetsSignature(at: offset, count: count) {
      try trimAroundSignature(at: offset, count: count)
    } else {
      try trimImage(at: offset, count: count)
    }
  }

  func trimImage(at offset: UInt64, count: UInt64) throws(VolumeError) {
    try withRoom(offset, count) { (engine, image) throws(EngineError) in
      try engine.trim(image, at: offset, count: count)
    }
  }

  /// Makes the range read as zeroes.
  /// - Parameter mayPunch: the space may be given back; otherwise it is written, so that a
  ///   later write of it finds its space there.
  public func writeZeroes(
    at offset: UInt64, count: UInt64, mayPunch: Bool
  ) throws(VolumeError) {
    if mayPunch { return try trim(at: offset, count: count) }
    _ = try enterWritable(offset, count)
    session.gate.leave()
    var done: UInt64 = 0
    while done < count {
      let piece = min(count - done, UInt64(Self.zeroes.count))
      try Self.zeroes.withBytes(0..<Int(piece)) { (bytes) throws(VolumeError) in
        try write(at: offset + done, from: bytes)
      }
      done += piece
    }
  }

  /// Zeroes are written in pieces of this many bytes.
  private static let zeroes = [UInt8](repeating: 0, count: 1 << 18)

  // MARK: Durability

  /// On return every write and trim that was answered before the call survives a power cut.
  public func flush() throws(VolumeError) {
    guard session.gate.enter() else { throw .shutDown }
    defer { session.gate.leave() }
    guard case .image(let image, _, _, _) = session.view else { throw .notReady }
    do {
      try array.engine.flush(image)
    } catch {
      throw VolumeError(error)
    }
  }

  /// On return every write and trim answered before the call survives the end of this
  /// process. To be called once for a batch of them, before acknowledging it.
  public func publish() throws(VolumeError) {
    do {
      try array.engine.pushJournal()
    } catch {
      throw VolumeError(error)
    }
  }

  // MARK: Entering

  @inline(__always)
  func enter(_ offset: UInt64, _ count: UInt64) throws(VolumeError) -> ImageID {
    guard offset <= session.size, count <= session.size - offset else { throw .outOfRange }
    guard session.gate.enter() else { throw .shutDown }
    guard case .image(let image, _, _, _) = session.view else {
      session.gate.leave()
      throw .notReady
    }
    return image
  }

  @inline(__always)
  func enterWritable(_ offset: UInt64, _ count: UInt64) throws(VolumeError) -> ImageID {
    let image = try enter(offset, count)
    if session.isReadOnly {
      session.gate.leave()
      throw .readOnly
    }
    return image
  }

  /// Runs a change, again where it lacked room.
  private func withRoom(
    _ offset: UInt64, _ count: UInt64,
    _ body: (Engine, ImageID) throws(EngineError) -> Void
  ) throws(VolumeError) {
    try makingRoom { () throws(VolumeError) in
      let image = try enterWritable(offset, count)
      defer { session.gate.leave() }
      guard try settle(image, at: offset, count: count) else { return false }
      do throws(EngineError) {
        try body(array.engine, image)
        return true
      } catch {
        if error.isLackOfRoom { return false }
        throw VolumeError(error)
      }
    }
  }

  /// Runs an access; where the reserve is full and the volume is covered by the array's
  /// promise, makes room and tries again. It is outside the gate meanwhile: a restore or a
  /// link change need not wait for it.
  /// - Parameter body: answers false if it lacks room.
  private func makingRoom(_ body: () throws(VolumeError) -> Bool) throws(VolumeError) {
    for attempt in 0..<Self.roundsForRoom {
      let round = array.space.round
      if try body() { return }
      guard case .image(_, let pool, isLive: true, _) = session.view else { throw .noSpace }
      try array.makeRoom(
        in: pool, for: session.volume, after: round, isFirst: attempt == 0)
    }
    throw .noSpace
  }
}

extension VolumeError {
  init(_ error: EngineError) {
    switch error {
    case .noSuchImage, .closed: self = .shutDown
    case .outOfRange: self = .outOfRange
    case .reserveFull, .poolFull, .systemAreaFull, .device(.noSpace): self = .noSpace
    case .badLength: self = .invalid
    case .noSuchPool, .imageExists, .poolExists, .poolInUse, .poolPoisoned, .poolMissing,
      .device, .damaged, .unsupportedVersion, .walkTooLarge:
      self = .inputOutput
    }
  }
}
