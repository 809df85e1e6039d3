import SedaiBytes
import SedaiFormat

/// Making a system area, and opening one.
extension Engine {
  /// Where the journal begins: after the superblocks, at a round place.
  private static let journalOffset: UInt64 = 65536
  /// Journal positions begin here, so that 0 is before all of them.
  private static let firstPosition: UInt64 = 4096
  /// Journal bytes written at a time when it is made.
  private static let journalStep = 1 << 20

  /// Writes an empty system area. Whatever the device held is gone.
  ///
  /// The journal is written in full, so that later flushes of it touch no file system
  /// metadata.
  public static func format(
    systemArea: any BlockDevice, parameters: FormatParameters
  ) throws(EngineError) {
    let length = parameters.journalBytes.rawValue / 4096 * 4096
    let segmentBytes = UInt64(parameters.segmentBlocks) * 4096
    guard parameters.array.count == 16, length >= 65536, parameters.segmentBlocks >= 16 else {
      throw .badLength
    }
    let segments = (journalOffset + length + 4095) / 4096 * 4096
    var block = Superblock(
      array: parameters.array, journalOffset: journalOffset, journalLength: length,
      segmentsOffset: segments, segmentBlocks: parameters.segmentBlocks)
    block.position = LogPosition(firstPosition)
    do throws(DeviceError) {
      try systemArea.grow(to: ByteCount(segments + segmentBytes))
      let zeroes = [UInt8](repeating: 0, count: journalStep)
      var at: UInt64 = 0
      while at < segments {
        let count = Int(min(UInt64(journalStep), segments - at))
        try zeroes.withBytes(0..<count) { (span) throws(DeviceError) in
          try systemArea.write(span, at: at)
        }
        at += UInt64(count)
      }
    } catch { throw .device(error) }
    let limits = EngineLimits()
    let core = EngineCore(superblock: block, limits: limits, cachedPages: 64)
    core.grownSegments = 1
    let environment = EngineEnvironment(boot: [UInt8](repeating: 0, count: 16)) {
      (_) throws(DeviceError) in throw .outOfRange
    }
    let engine = Engine(core: core, system: systemArea, environment: environment, problems: [])
    try engine.checkpoint(clean: true)
  }

  /// Opens a system area, recovering it if it was not closed.
  ///
  /// A pool that is missing or does not match does not prevent opening: it shows as
  /// `missing`, and ``openingProblems`` says what is wrong with it.
  ///
  /// - Throws: `damaged` or `unsupportedVersion` without having written anything; `device`.
  /// - Complexity: O(journal since the last checkpoint), whatever the volumes' sizes.
  public static func open(
    systemArea: any BlockDevice, environment: EngineEnvironment
  ) throws(EngineError) -> Engine {
    let block = try superblock(of: systemArea)
    let recovery = try Recovery(systemArea: systemArea, superblock: block, environment: environment)
    return try recovery.open()
  }

  /// The newer of the two superblocks.
  static func superblock(of device: any BlockDevice) throws(EngineError) -> Superblock {
    var newest: Superblock?
    var failure: FormatError?
    for copy in 0..<UInt64(Superblock.copies) {
      let bytes = try readBlock(device, at: copy * UInt64(Superblock.bytes))
      do throws(FormatError) {
        let block = try Superblock(decoding: bytes)
        if block.turn >= newest?.turn ?? 0 { newest = block }
      } catch {
        // A copy by a later program must not be passed over for an older one.
        if case .unsupportedVersion = error { throw EngineError(error) }
        failure = failure ?? error
      }
    }
    if let newest { return newest }
    throw EngineError(failure ?? .damaged("superblock"))
  }

  static func readBlock(
    _ device: any BlockDevice, at offset: UInt64
  ) throws(EngineError) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: PageArena.pageBytes)
    do throws(DeviceError) {
      try bytes.withMutableBytes(0..<bytes.count) { (span) throws(DeviceError) in
        try device.read(into: &span, at: offset)
      }
    } catch {
      if case .outOfRange = error { throw .damaged("the system area is cut short") }
      throw .device(error)
    }
    return bytes
  }
}

extension EngineError {
  init(_ error: FormatError) {
    switch error {
    case .foreign(let what), .damaged(let what): self = .damaged(what)
    case .unsupportedVersion(let what, let found, let supported):
      self = .unsupportedVersion(what: what, found: found, supported: supported)
    }
  }
}
