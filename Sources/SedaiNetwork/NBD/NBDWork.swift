internal import NIOCore
internal import SedaiArray
internal import SedaiNBD

/// What is done on a worker thread because it may wait for a device. Everything here blocks.
struct NBDWork: Sendable {
  let volume: any NBDVolume
  let session: NBDSession
  let allocator: ByteBufferAllocator

  enum Job: Sendable {
    case read
    case write(ByteBuffer)
    case flush
    case trim
    case writeZeroes(mayPunch: Bool)
    case cache
    case blockStatus
  }

  /// Does the job of `request` and returns the whole answer.
  func answer(_ request: NBDRequest, _ job: Job) -> ByteBuffer {
    do throws(VolumeError) {
      switch job {
      case .read: return try read(request)
      case .blockStatus: return try blockStatus(request)
      case .write(let payload):
        try volume.write(at: request.offset, from: payload.readableBytesSpan)
      case .trim: try volume.trim(at: request.offset, count: UInt64(request.length))
      case .writeZeroes(let mayPunch):
        try volume.writeZeroes(
          at: request.offset, count: UInt64(request.length), mayPunch: mayPunch)
      case .flush:
        try volume.flush()
        return outcome(nil, of: request)
      case .cache:
        try readAhead(request)
        return outcome(nil, of: request)
      }
      if request.flags.contains(.forceUnitAccess) {
        try volume.flush()
      } else {
        try volume.publish()
      }
      return outcome(nil, of: request)
    } catch {
      return outcome(NBDErrorNumber(error), of: request)
    }
  }

  func writePiece(_ payload: ByteBuffer, at offset: UInt64) -> NBDErrorNumber? {
    do throws(VolumeError) {
      try volume.write(at: offset, from: payload.readableBytesSpan)
      return nil
    } catch {
      return NBDErrorNumber(error)
    }
  }

  private func outcome(_ error: NBDErrorNumber?, of request: NBDRequest) -> ByteBuffer {
    var reply = allocator.buffer(capacity: NBDReply.maximumOutcomeBytes)
    reply.appendNBDOutcome(error, of: request, structured: session.structuredReplies)
    return reply
  }

  private func read(_ request: NBDRequest) throws(VolumeError) -> ByteBuffer {
    let header = NBDReply.readHeaderBytes(structured: session.structuredReplies)
    let count = header + Int(request.length)
    var reply = allocator.buffer(capacity: count)
    // SAFETY: the span covers the first `count` writable bytes, is used in this closure
    // only, and `read` fills all of what the header does not.
    try unsafe reply.writeWithUnsafeMutableBytes(minimumWritableBytes: count) {
      room throws(VolumeError) in
      var bytes = unsafe MutableRawSpan(_unsafeBytes: .init(rebasing: room[..<count]))
      NBDReply.storeReadHeader(
        of: request, structured: session.structuredReplies, into: &bytes)
      var data = bytes._mutatingExtracting(header..<count)
      try volume.read(at: request.offset, into: &data)
      return count
    }
    return reply
  }

  private func readAhead(_ request: NBDRequest) throws(VolumeError) {
    let step = NetworkLimits.readAheadStepBytes
    let total = min(request.length, NetworkLimits.maximumReadAheadBytes)
    var scratch = allocator.buffer(capacity: Int(step))
    scratch.writeRepeatingByte(0, count: Int(min(step, total)))
    var done: UInt32 = 0
    while done < total {
      let count = min(step, total - done)
      var bytes = scratch.mutableReadableBytesSpan
      var piece = bytes._mutatingExtracting(0..<Int(count))
      try volume.read(at: request.offset + UInt64(done), into: &piece)
      done += count
    }
  }

  private func blockStatus(_ request: NBDRequest) throws(VolumeError) -> ByteBuffer {
    var lists: [NBDStatusList] = []
    for context in session.contexts {
      var list = NBDStatusList(for: request)
      switch context {
      case .allocation:
        let extents = try volume.extents(
          at: request.offset, count: UInt64(request.length),
          limit: NetworkLimits.maximumStatusExtents)
        for extent in extents {
          list.append(
            length: extent.count,
            flags: extent.isAllocated ? 0 : NBDStatusFlag.hole | NBDStatusFlag.zero)
        }
      case .changedSince(let generation):
        let changes = try volume.changes(
          since: generation, at: request.offset, count: UInt64(request.length),
          limit: NetworkLimits.maximumStatusExtents)
        for change in changes {
          list.append(length: change.count, flags: change.isChanged ? NBDStatusFlag.changed : 0)
        }
      }
      guard !list.isEmpty else { throw .inputOutput }
      lists.append(list)
    }
    return ByteBuffer(bytes: NBDReply.blockStatus(request, lists))
  }
}

extension ByteBuffer {
  /// Appends the answer to a request that has no content; nil is success.
  @inline(__always)
  mutating func appendNBDOutcome(
    _ error: NBDErrorNumber?, of request: NBDRequest, structured: Bool
  ) {
    let maximum = NBDReply.maximumOutcomeBytes
    // SAFETY: the span covers the first `maximum` writable bytes and is used in this
    // closure only.
    unsafe writeWithUnsafeMutableBytes(minimumWritableBytes: maximum) { room in
      var bytes = unsafe MutableRawSpan(_unsafeBytes: .init(rebasing: room[..<maximum]))
      return NBDReply.storeOutcome(error, of: request, structured: structured, into: &bytes)
    }
  }
}
