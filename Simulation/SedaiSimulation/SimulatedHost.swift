public import SedaiBytes
internal import SedaiEngine
internal import SedaiMonitor

/// A machine whose devices lose, tear and reorder what was not flushed, fail on request, and
/// that goes down at any device call.
///
/// All devices of a host share its clock of calls, so "the 17th call" means the same moment
/// for every one of them. Everything drawn comes from the seed.
public final class SimulatedHost: Sendable {
  /// A moment of all devices, with the call that was under way.
  public struct Image: Sendable {
    var devices: [DeviceState]
    var inFlight: (device: Int, write: PendingWrite)?
    /// What the recorder had set as ``SimulatedHost/marker``.
    public let marker: Int
  }

  private struct State: Sendable {
    var devices: [DeviceState] = []
    var random: SeededRandom
    var rates = FaultRates()
    var scripted: [(device: String, call: DeviceCall)] = []
    var isDown = false
    var isCalm = false
    var crash: (effect: UInt64, kind: CrashKind)?
    var inFlight: (device: Int, write: PendingWrite)?
    var downBy: CrashKind = .process
    var calls: UInt64 = 0
    var effects: UInt64 = 0
    var boots: UInt64 = 1
    var marker = 0
    var recorded: [Image]?
    var beforeCall: (@Sendable (String, DeviceCall) -> Void)?
  }

  private let state: Monitor<State>
  let schedule: SeededSchedule?

  public init(seed: UInt64, schedule: SeededSchedule? = nil) {
    state = Monitor(State(random: SeededRandom(seed: seed)))
    self.schedule = schedule
  }

  /// A host whose devices are at the moment `image`, still down; ``restart()`` brings it up.
  public init(crashed image: Image, by kind: CrashKind, seed: UInt64) {
    var state = State(random: SeededRandom(seed: seed))
    state.devices = image.devices
    state.inFlight = image.inFlight
    state.isDown = true
    state.downBy = kind
    self.state = Monitor(state)
    schedule = nil
  }

  /// Adds a device whose bytes all read as `background` until written.
  public func addDevice(named name: String, size: ByteCount, background: UInt8) -> SimulatedDevice {
    state.withLock {
      $0.devices.append(DeviceState(name: name, size: size.rawValue, background: background))
      return SimulatedDevice(host: self, index: $0.devices.count - 1)
    }
  }

  /// The device that was added as `name`.
  public func device(named name: String) -> SimulatedDevice? {
    state.withLock { state in
      state.devices.firstIndex { $0.name == name }.map { SimulatedDevice(host: self, index: $0) }
    }
  }

  // MARK: Crashes

  /// Goes down at the `count`th call from now that writes, flushes or changes a device.
  public func crash(afterEffects count: UInt64, by kind: CrashKind) {
    state.withLock { $0.crash = ($0.effects + count, kind) }
  }

  /// Goes down at once; every call fails until ``restart()``.
  public func crash(by kind: CrashKind) {
    state.withLock {
      $0.isDown = true
      $0.downBy = kind
    }
  }

  /// Brings the host up again; what the devices hold is drawn from the seed.
  public func restart() {
    state.withLock { state in
      precondition(state.isDown, "only a host that is down restarts")
      if let (device, write) = state.inFlight {
        switch state.downBy {
        case .powerCut: state.devices[device].write(write)
        case .process: state.devices[device].writePrefix(of: write, random: &state.random)
        }
      }
      if state.downBy == .powerCut {
        for index in state.devices.indices {
          state.devices[index].losePower(random: &state.random)
        }
        state.boots += 1
      }
      state.inFlight = nil
      state.crash = nil
      state.isDown = false
    }
  }

  public var isDown: Bool { state.withLock { $0.isDown } }

  /// How it went down last.
  public var lastCrash: CrashKind { state.withLock { $0.downBy } }

  /// 16 bytes that differ after every power cut.
  public var bootIdentity: [UInt8] {
    let boots = state.withLock { $0.boots }
    return (0..<16).map { $0 < 8 ? UInt8(truncatingIfNeeded: boots >> (8 * $0)) : 0xB0 }
  }

  // MARK: Counting and recording

  /// Device calls so far, of any kind.
  public var calls: UInt64 { state.withLock { $0.calls } }

  /// Device calls so far that change something.
  public var effects: UInt64 { state.withLock { $0.effects } }

  /// Keeps an image before every call that changes something, from now on.
  public func startRecording() { state.withLock { $0.recorded = [] } }

  /// The images since ``startRecording()``.
  public func stopRecording() -> [Image] {
    state.withLock { state in
      defer { state.recorded = nil }
      return state.recorded ?? []
    }
  }

  /// Noted in every recorded image.
  public var marker: Int {
    get { state.withLock { $0.marker } }
    set { state.withLock { $0.marker = newValue } }
  }

  /// All devices as they are now.
  public func image() -> Image {
    state.withLock { Image(devices: $0.devices, inFlight: nil, marker: $0.marker) }
  }

  // MARK: Faults

  /// While true nothing fails and no crash comes.
  public var isCalm: Bool {
    get { state.withLock { $0.isCalm } }
    set { state.withLock { $0.isCalm = newValue } }
  }

  public var faultRates: FaultRates {
    get { state.withLock { $0.rates } }
    set { state.withLock { $0.rates = newValue } }
  }

  /// The next such call on that device fails.
  public func failNext(_ call: DeviceCall, on device: String) {
    state.withLock { $0.scripted.append((device, call)) }
  }

  /// Called before every device call, outside of all locks of the host; may block.
  public func beforeEveryCall(_ body: (@Sendable (String, DeviceCall) -> Void)?) {
    state.withLock { $0.beforeCall = body }
  }

  // MARK: Damage

  /// Numbers of the 4 KiB pages that were ever written.
  func writtenPages(of device: String) -> [UInt64] {
    state.withLock { state in
      state.devices.first { $0.name == device }?.cached.writtenPages ?? []
    }
  }

  /// Changes what the medium holds.
  public func flipBit(_ bit: UInt8, at offset: UInt64, of device: String) {
    change(device) { $0.flipBit(bit, at: offset) }
  }

  /// Cuts the device short.
  public func truncate(_ device: String, to size: UInt64) {
    change(device) { $0.truncate(to: size) }
  }

  private func change(_ device: String, _ body: (inout DeviceState) -> Void) {
    state.withLock { state in
      for index in state.devices.indices where state.devices[index].name == device {
        body(&state.devices[index])
      }
    }
  }

  // MARK: What devices do

  func size(of device: Int) -> ByteCount {
    state.withLock { ByteCount($0.devices[device].size) }
  }

  /// - Returns: false if the call `mayBlock` is not allowed to and drew that it would.
  func read(
    _ device: Int, into bytes: inout MutableRawSpan, at offset: UInt64, mayBlock: Bool
  ) throws(DeviceError) -> Bool {
    announce(.read, on: device)
    // A closure cannot borrow the span while the lock runs it, so the bytes go through an
    // array of their own.
    var copy = [UInt8](repeating: 0, count: bytes.byteCount)
    let answered: Bool = try state.withLock { state throws(DeviceError) in
      try Self.check(&state, .read, device, offset, UInt64(copy.count))
      if !mayBlock && state.random.chance(state.rates.wouldBlock, in: FaultRates.scale) {
        return false
      }
      copy.withMutableRawSpan { state.devices[device].cached.read(into: &$0, at: offset) }
      return true
    }
    if answered { bytes.copy(0..<copy.count, of: copy, to: 0) }
    return answered
  }

  func write(
    _ device: Int, _ bytes: RawSpan, at offset: UInt64, mayBlock: Bool
  ) throws(DeviceError) -> Bool {
    announce(.write, on: device)
    let write = PendingWrite(offset: offset, bytes: bytes.copied())
    return try state.withLock { state throws(DeviceError) in
      if !mayBlock && state.random.chance(state.rates.wouldBlock, in: FaultRates.scale) {
        return false
      }
      try Self.check(&state, .write, device, offset, UInt64(write.bytes.count), write: write)
      state.devices[device].write(write)
      return true
    }
  }

  func flush(_ device: Int) throws(DeviceError) {
    announce(.flush, on: device)
    try state.withLock { state throws(DeviceError) in
      try Self.check(&state, .flush, device, 0, 0)
      state.devices[device].flush()
    }
  }

  func discard(_ device: Int, at offset: UInt64, count: UInt64) throws(DeviceError) {
    announce(.discard, on: device)
    try state.withLock { state throws(DeviceError) in
      try Self.check(&state, .discard, device, offset, count)
      // Advice may be ignored, or leave zeroes, or anything.
      let value: UInt8
      switch state.random.below(3) {
      case 0: return
      case 1: value = 0
      default: value = 0xDD
      }
      state.devices[device].write(
        PendingWrite(offset: offset, bytes: [UInt8](repeating: value, count: Int(count))))
    }
  }

  func grow(_ device: Int, to size: ByteCount) throws(DeviceError) {
    announce(.grow, on: device)
    try state.withLock { state throws(DeviceError) in
      try Self.check(&state, .grow, device, 0, 0)
      state.devices[device].grow(to: size.rawValue)
    }
  }

  private func announce(_ call: DeviceCall, on device: Int) {
    schedule?.yield()
    let (body, name) = state.withLock { ($0.beforeCall, $0.devices[device].name) }
    body?(name, call)
  }

  /// Counts the call; throws if the host is down, goes down now, or the call is to fail.
  private static func check(
    _ state: inout State, _ call: DeviceCall, _ device: Int, _ offset: UInt64, _ count: UInt64,
    write: PendingWrite? = nil
  ) throws(DeviceError) {
    if state.isDown { throw call.failure }
    state.calls += 1
    let (end, overflow) = offset.addingReportingOverflow(count)
    if overflow || end > state.devices[device].size { throw .outOfRange }
    if call.hasEffect {
      state.effects += 1
      let inFlight = write.map { (device: device, write: $0) }
      state.recorded?.append(
        Image(devices: state.devices, inFlight: inFlight, marker: state.marker))
      if let crash = state.crash, state.effects >= crash.effect, !state.isCalm {
        state.isDown = true
        state.downBy = crash.kind
        state.inFlight = inFlight
        throw call.failure
      }
    }
    if !state.isCalm { try fail(&state, call, device, write) }
  }

  private static func fail(
    _ state: inout State, _ call: DeviceCall, _ device: Int, _ write: PendingWrite?
  ) throws(DeviceError) {
    let name = state.devices[device].name
    let isScripted: Bool
    if let index = state.scripted.firstIndex(where: { $0.device == name && $0.call == call }) {
      state.scripted.remove(at: index)
      isScripted = true
    } else {
      isScripted = false
    }
    func drawn(_ rate: UInt64) -> Bool { state.random.chance(rate, in: FaultRates.scale) }
    switch call {
    case .read:
      if isScripted || drawn(state.rates.readFailure) { throw call.failure }
    case .write:
      if drawn(state.rates.noSpace) { throw .noSpace }
      if isScripted || drawn(state.rates.writeFailure) {
        if let write { state.devices[device].writePrefix(of: write, random: &state.random) }
        throw call.failure
      }
    case .flush:
      if isScripted || drawn(state.rates.flushFailure) {
        state.devices[device].failFlush(random: &state.random)
        throw call.failure
      }
    case .discard, .grow:
      if isScripted { throw call.failure }
    }
  }
}

extension DeviceCall {
  private static let inputOutputError: Int32 = 5

  fileprivate var failure: DeviceError {
    switch self {
    case .read: .readFailed(errno: Self.inputOutputError)
    case .write, .discard: .writeFailed(errno: Self.inputOutputError)
    case .flush: .flushFailed(errno: Self.inputOutputError)
    case .grow: .cannotGrow(errno: Self.inputOutputError)
    }
  }
}
