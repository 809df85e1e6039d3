internal import SedaiBytes

/// How the data of an answer is cut into PDUs. Room for all of it is filled in two steps: the
/// data by its pieces, then headers and checksums by ``ISCSISession/sealDataIn(_:into:)``.
public struct DataInLayout: Hashable, Sendable {
  /// Bytes of data.
  public let dataBytes: Int
  let pieceBytes: Int
  let burstBytes: Int
  let digests: ISCSIDigests

  /// - Parameter dataBytes: 1….
  public init(dataBytes: Int, _ parameters: ISCSIParameters) {
    self.dataBytes = dataBytes
    pieceBytes = min(parameters.maximumSentBytes, parameters.maximumBurstBytes)
    // Whole pieces, so that none belongs to two bursts.
    burstBytes = parameters.maximumBurstBytes / pieceBytes * pieceBytes
    digests = parameters.digests
  }

  private var headerBytes: Int { BasicHeader.byteCount + (digests.header ? 4 : 0) }
  private var trailerBytes: Int { digests.data ? 4 : 0 }

  /// PDUs.
  public var count: Int { (dataBytes + pieceBytes - 1) / pieceBytes }

  /// Bytes of all of them.
  public var byteCount: Int {
    let last = dataBytes - (count - 1) * pieceBytes
    return (count - 1) * (headerBytes + Self.padded(pieceBytes) + trailerBytes) + headerBytes
      + Self.padded(last) + trailerBytes
  }

  /// Where the data of a piece stands in the whole.
  public func piece(_ index: Int) -> (data: Range<Int>, place: Range<Int>) {
    let start = index * pieceBytes
    let end = min(start + pieceBytes, dataBytes)
    let place = header(index) + headerBytes
    return (start..<end, place..<place + end - start)
  }

  func header(_ index: Int) -> Int {
    index * (headerBytes + Self.padded(pieceBytes) + trailerBytes)
  }

  static func padded(_ count: Int) -> Int { (count + 3) & ~3 }
}

/// How a command ended, as the session tells it.
public struct ISCSIResult: Hashable, Sendable {
  /// The SCSI status.
  public let status: UInt8
  /// Bytes that the command would have moved.
  public let movedBytes: Int

  public init(status: UInt8, movedBytes: Int) {
    self.status = status
    self.movedBytes = movedBytes
  }
}

extension ISCSISession {
  /// Bytes that an answer without data needs at most.
  public static let maximumResponseBytes = BasicHeader.byteCount + 4 + 2 + 254 + 4

  /// Puts the answer to a command that has no data to `bytes`, which must have room for
  /// ``maximumResponseBytes``.
  ///
  /// - Returns: how many bytes it is.
  /// - Source: RFC 7143 §11.4.
  public mutating func storeResponse(
    to command: ISCSICommand, _ result: ISCSIResult, sense: [UInt8] = [],
    into bytes: inout MutableRawSpan
  ) -> Int {
    commandDidEnd()
    var flags = ISCSIFlag.final
    let residual = residual(command, result, &flags)
    let senseBytes = sense.prefix(252)
    let dataBytes = senseBytes.isEmpty ? 0 : senseBytes.count + 2
    storeHeader(
      ISCSIOpcode.response, flags: flags, command, dataBytes: dataBytes, at: 0, &bytes)
    bytes.store(bigEndian: result.status, at: 3)
    bytes.store(bigEndian: statusNumber, at: 24)
    statusNumber &+= 1
    bytes.store(bigEndian: residual, at: 44)
    var end = sealHeader(at: 0, &bytes)
    guard dataBytes > 0 else { return end }
    bytes.store(bigEndian: UInt16(senseBytes.count), at: end)
    for (index, byte) in senseBytes.enumerated() {
      bytes.store(bigEndian: byte, at: end + 2 + index)
    }
    end += sealData(at: end, count: dataBytes, &bytes)
    return end
  }

  /// Completes the answer to a command whose data stands in its place in `bytes`, which is as
  /// long as the layout says. It tells success.
  /// - Source: RFC 7143 §11.7.
  public mutating func sealDataIn(
    _ layout: DataInLayout, to command: ISCSICommand, _ result: ISCSIResult,
    into bytes: inout MutableRawSpan
  ) {
    commandDidEnd()
    let count = layout.count
    for index in 0..<count {
      let (data, place) = layout.piece(index)
      let start = layout.header(index)
      let isLast = index == count - 1
      let endsBurst = data.upperBound % layout.burstBytes == 0
      var flags = isLast || endsBurst ? ISCSIFlag.final : 0
      var residual: UInt32 = 0
      if isLast {
        flags |= ISCSIFlag.status
        residual = self.residual(command, result, &flags)
      }
      storeHeader(
        ISCSIOpcode.dataIn, flags: flags, command, dataBytes: data.count, at: start, &bytes)
      bytes.store(bigEndian: ISCSITag.none, at: start + 20)
      if isLast {
        bytes.store(bigEndian: result.status, at: start + 3)
        bytes.store(bigEndian: statusNumber, at: start + 24)
        statusNumber &+= 1
      }
      bytes.store(bigEndian: UInt32(index), at: start + 36)
      bytes.store(bigEndian: UInt32(data.lowerBound), at: start + 40)
      bytes.store(bigEndian: residual, at: start + 44)
      _ = sealHeader(at: start, &bytes)
      _ = sealData(at: place.lowerBound, count: data.count, &bytes)
    }
  }

  /// What was left over or missing.
  private func residual(
    _ command: ISCSICommand, _ result: ISCSIResult, _ flags: inout UInt8
  ) -> UInt32 {
    let difference = result.movedBytes - command.expectedBytes
    if difference > 0 { flags |= ISCSIFlag.overflow }
    if difference < 0 { flags |= ISCSIFlag.underflow }
    return UInt32(clamping: abs(difference))
  }

  private mutating func storeHeader(
    _ opcode: UInt8, flags: UInt8, _ command: ISCSICommand, dataBytes: Int, at start: Int,
    _ bytes: inout MutableRawSpan
  ) {
    bytes.zero(start..<start + BasicHeader.byteCount)
    bytes.store(bigEndian: opcode, at: start)
    bytes.store(bigEndian: flags, at: start + 1)
    bytes.store(bigEndian: UInt32(dataBytes), at: start + 4)
    bytes.store(bigEndian: command.taskTag, at: start + 16)
    let (expected, highest) = window()
    bytes.store(bigEndian: expected, at: start + 28)
    bytes.store(bigEndian: highest, at: start + 32)
  }

  /// - Returns: where the data begins.
  private func sealHeader(at start: Int, _ bytes: inout MutableRawSpan) -> Int {
    let end = start + BasicHeader.byteCount
    guard parameters.digests.header else { return end }
    storeDigest(of: start..<end, &bytes)
    return end + PDUDecoder.digestBytes
  }

  /// - Returns: how many bytes data, filling and checksum are.
  private func sealData(at start: Int, count: Int, _ bytes: inout MutableRawSpan) -> Int {
    let padded = DataInLayout.padded(count)
    bytes.zero(start + count..<start + padded)
    guard parameters.digests.data else { return padded }
    storeDigest(of: start..<start + padded, &bytes)
    return padded + PDUDecoder.digestBytes
  }

  private func storeDigest(of range: Range<Int>, _ bytes: inout MutableRawSpan) {
    let digest = crc32c(bytes.bytes.extracting(range))
    bytes.store(bigEndian: digest.byteSwapped, at: range.upperBound)
  }
}
