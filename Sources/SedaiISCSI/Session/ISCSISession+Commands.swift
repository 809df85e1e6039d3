internal import SedaiBytes

extension ISCSISession {
  func rejectable(_ input: RawSpan, _ start: Int) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.append(input.extracting(start..<start + BasicHeader.byteCount))
    return bytes
  }

  /// Answers a PDU that cannot be taken with its own header.
  /// - Source: RFC 7143 §11.17.
  mutating func reject(
    _ reason: ISCSIRejectReason, _ input: RawSpan, _ start: Int
  ) -> ISCSIEvent {
    var writer = answer(ISCSIOpcode.reject, taskTag: ISCSITag.none)
    writer.set(reason.rawValue, at: 2)
    writer.data = rejectable(input, start)
    return .send(writer.bytes(parameters.digests))
  }

  // MARK: Commands and their data

  mutating func takeCommand(
    _ header: BasicHeader, _ input: RawSpan, _ start: Int, _ data: Range<Int>
  ) -> ISCSIEvent {
    let command = ISCSICommand(header)
    guard writes[command.taskTag] == nil, command.taskTag != ISCSITag.none else {
      return reject(.invalidField, input, start)
    }
    if !command.isWrite || command.expectedBytes == 0 {
      guard data.isEmpty, header.isFinal else { return reject(.protocolError, input, start) }
      commandDidBegin()
      return .command(command, .none)
    }
    let unasked = min(parameters.firstBurstBytes, command.expectedBytes)
    guard data.isEmpty || parameters.isImmediateDataAllowed, data.count <= unasked,
      header.isFinal || !parameters.isR2TNeeded
    else { return reject(.protocolError, input, start) }
    commandDidBegin()
    let wanted = min(command.expectedBytes, ISCSILimits.maximumWriteBytes)
    if data.count >= wanted {
      guard header.isFinal else { return .spoiled(command) }
      return .command(command, .range(data))
    }
    var write = PendingWrite(command: command, wanted: wanted, requested: data.count)
    write.data.append(input.extracting(data))
    if header.isFinal {
      writes[command.taskTag] = write
      return request(command.taskTag)
    }
    write.requested = min(unasked, wanted)
    write.sequences = [PendingWrite.Sequence(tag: nil, end: write.requested)]
    writes[command.taskTag] = write
    return .ignored
  }

  /// - Source: RFC 7143 §11.7.
  mutating func takeData(_ header: BasicHeader, _ data: RawSpan) -> ISCSIEvent {
    let tag = header.taskTag
    // Its command is answered already, or never was one.
    guard var write = writes[tag] else { return .ignored }
    let transferTag = header.word(at: 20)
    guard var sequence = write.sequences.first,
      sequence.tag ?? ISCSITag.none == transferTag,
      header.word(at: 36) == sequence.number,
      Int(header.word(at: 40)) == write.data.count,
      data.byteCount <= sequence.end - write.data.count
    else {
      forget(tag)
      return .spoiled(write.command)
    }
    sequence.number &+= 1
    // Taken out of the table first: appending to a copy would copy it all.
    writes[tag] = nil
    write.data.append(data)
    guard header.isFinal else {
      write.sequences[0] = sequence
      writes[tag] = write
      return .ignored
    }
    write.sequences.removeFirst()
    guard write.data.count == sequence.end || sequence.tag == nil else {
      giveBack(write)
      return .spoiled(write.command)
    }
    // Less may come unasked than was allowed; the rest is asked for.
    if sequence.tag == nil { write.requested = write.data.count }
    if write.isComplete {
      giveBack(write)
      return .command(write.command, .gathered(write.data))
    }
    writes[tag] = write
    return request(tag)
  }

  /// Takes a command out whose data is not to be waited for.
  mutating func forget(_ tag: UInt32) {
    if let write = writes.removeValue(forKey: tag) { giveBack(write) }
  }

  private mutating func giveBack(_ write: PendingWrite) {
    guard write.isAdmitted else { return }
    admittedWrites -= 1
    pendingBytes -= write.wanted
  }

  /// Forgets a command whose data has not come; true if there was one.
  public mutating func abandonWrite(_ taskTag: UInt32) -> Bool {
    guard writes[taskTag] != nil else { return false }
    forget(taskTag)
    commandDidEnd()
    return true
  }

  /// Forgets every command whose data has not come and that `isMeant` names by its unit.
  public mutating func abandonWrites(where isMeant: (UInt64) -> Bool) {
    for (tag, write) in writes where isMeant(write.command.unit) { _ = abandonWrite(tag) }
  }

  // MARK: Asking for data

  /// Asks for as much of a command's data as may be under way.
  /// - Source: RFC 7143 §11.8.
  private mutating func request(_ tag: UInt32) -> ISCSIEvent {
    guard var write = writes[tag] else { return .ignored }
    if !write.isAdmitted {
      guard hasRoom(for: write) else {
        writesWaiting.append(tag)
        return .ignored
      }
      write.isAdmitted = true
      admittedWrites += 1
      pendingBytes += write.wanted
    }
    var bytes: [UInt8] = []
    while write.requested < write.wanted,
      write.sequences.count < parameters.maximumOutstandingR2Ts
    {
      let count = min(write.wanted - write.requested, parameters.maximumBurstBytes)
      var writer = answer(ISCSIOpcode.readyToTransfer, taskTag: tag, countsStatus: false)
      writer.set(write.command.unit, at: 8)
      writer.set(nextTransferTag, at: 20)
      writer.set(write.requestNumber, at: 36)
      writer.set(UInt32(write.requested), at: 40)
      writer.set(UInt32(count), at: 44)
      bytes += writer.bytes(parameters.digests)
      write.sequences.append(
        PendingWrite.Sequence(tag: nextTransferTag, end: write.requested + count))
      write.requested += count
      write.requestNumber &+= 1
      nextTransferTag &+= 1
      if nextTransferTag == ISCSITag.none { nextTransferTag = 0 }
    }
    writes[tag] = write
    return bytes.isEmpty ? .ignored : .send(bytes)
  }

  /// One is always let through, so that none waits for ever.
  private func hasRoom(for write: PendingWrite) -> Bool {
    admittedWrites == 0 || pendingBytes + write.wanted <= ISCSILimits.maximumPendingBytes
  }

  /// Asks for the data of a command that had to wait for room; nil if there is none, or still
  /// no room. To be called when commands have ended.
  public mutating func requestWaiting() -> [UInt8]? {
    while let tag = writesWaiting.first {
      guard let write = writes[tag] else {
        writesWaiting.removeFirst()
        continue
      }
      guard hasRoom(for: write) else { return nil }
      writesWaiting.removeFirst()
      if case .send(let bytes) = request(tag) { return bytes }
    }
    return nil
  }
}
