internal import NIOCore
internal import NIOPosix
internal import SedaiArray
internal import SedaiNBD

/// The transmission phase of one connection: runs requests, gathers their answers.
///
/// Belongs to the connection's event loop. A request that the volume can serve at once is run
/// on the loop, straight between the socket's buffers and the volume, and its answer joins
/// the batch; nothing is allocated for it. Others go to the worker threads and their answers
/// come back one by one, in any order, as the protocol allows.
final class NBDTransmission {
  enum Progress {
    /// Everything was looked at; so many bytes are needed for what comes next.
    case needsInput(byteCount: Int)
    /// The gathered replies want to be sent before more is done.
    case batchIsFull
    /// Too much is under way; go on when completions have come in.
    case saturated
    /// The peer has nothing more to say, or nothing that could be understood.
    case ended
  }

  private let volume: any NBDVolume
  private let structured: Bool
  private let work: NBDWork
  private let workers: NIOThreadPool
  private let eventLoop: any EventLoop
  private let mailbox: Mailbox<NBDCompletion>
  private let budget: ReplyBudget
  private var decoder: NBDRequestDecoder

  /// Answers of this batch, as they will be sent.
  private var replies: ByteBuffer
  /// Where in ``replies`` the answers stand that ``NBDVolume/publish()`` must precede.
  private var unpublished: [Int] = []

  private(set) var requestsUnderWay = 0
  private var bytesUnderWay = 0
  private var largeWrites: [UInt64: LargeWrite] = [:]
  private var lastLargeWrite: UInt64 = 0

  /// A WRITE that is too large to be held whole: its pieces are written as they arrive.
  private struct LargeWrite {
    let request: NBDRequest
    /// Nanoseconds from each piece's arrival until it may be written.
    let wait: UInt64
    var piecesUnderWay = 0
    var hasArrived = false
    var error: NBDErrorNumber?
  }

  init(
    volume: any NBDVolume, session: NBDSession, channel: any Channel,
    workers: NIOThreadPool, mailbox: Mailbox<NBDCompletion>, budget: ReplyBudget
  ) {
    self.volume = volume
    structured = session.structuredReplies
    work = NBDWork(volume: volume, session: session, allocator: channel.allocator)
    self.workers = workers
    eventLoop = channel.eventLoop
    self.mailbox = mailbox
    self.budget = budget
    decoder = NBDRequestDecoder(session: session)
    replies = channel.allocator.buffer(capacity: NetworkLimits.replyBatchBytes)
  }

  var isSaturated: Bool {
    requestsUnderWay >= NetworkLimits.maximumRequestsUnderWay
      || bytesUnderWay >= NetworkLimits.maximumBytesUnderWay
  }

  /// Runs the requests in `input` from `position` on and moves the position past them.
  func run(_ input: RawSpan, at position: inout Int) -> Progress {
    while true {
      if replies.writerIndex >= NetworkLimits.replyBatchBytes { return .batchIsFull }
      if isSaturated { return .saturated }
      switch decoder.next(input, at: &position) {
      case .needsInput(let byteCount): return .needsInput(byteCount: byteCount)
      case .disconnect, .violation: return .ended
      case .request(let request, .read): read(request)
      case .request(let request, let operation): run(request, operation)
      case .write(let request, let payload): write(request, input.extracting(payload))
      case .writePiece(let request, let offset, let payload, let isLast):
        writePiece(of: request, at: offset, input.extracting(payload), isLast: isLast)
      }
    }
  }

  /// The gathered answers, ready to be sent, or nil if there are none.
  ///
  /// What they acknowledge has been handed to the kernel when this returns; if that failed,
  /// they say so.
  func takeReplies() -> ByteBuffer? {
    if !unpublished.isEmpty { publish() }
    return replies.readableBytes > 0 ? replies : nil
  }

  /// Makes room for the next batch; call when ``takeReplies()`` has been written.
  func recycleReplies() {
    if replies.capacity > NetworkLimits.retainedReplyBytes {
      replies = work.allocator.buffer(capacity: NetworkLimits.replyBatchBytes)
    } else {
      // Takes new memory only if the socket still holds the old.
      replies.clear()
    }
  }

  private func publish() {
    do throws(VolumeError) {
      try volume.publish()
    } catch {
      for index in unpublished {
        replies.setInteger(NBDErrorNumber(error).rawValue, at: index + NBDReply.errorFieldOffset)
      }
    }
    unpublished.removeAll(keepingCapacity: true)
  }

  private func read(_ request: NBDRequest) {
    let wait = volume.takePlace()
    guard request.length <= NetworkLimits.maximumInlineBytes else {
      guard budget.take(Int(request.length)) else { return answer(request, .noMemory) }
      return offload(request, .read, charge: Int(request.length), after: wait)
    }
    if wait > 0 { return offload(request, .read, charge: Int(request.length), after: wait) }
    let header = NBDReply.readHeaderBytes(structured: structured)
    let count = header + Int(request.length)
    var failure: VolumeError?
    // SAFETY: the span covers the first `count` writable bytes, is used in this closure
    // only, and `tryRead` fills all of what the header does not if it answers true.
    let written = unsafe replies.writeWithUnsafeMutableBytes(minimumWritableBytes: count) { room in
      var bytes = unsafe MutableRawSpan(_unsafeBytes: .init(rebasing: room[..<count]))
      NBDReply.storeReadHeader(of: request, structured: structured, into: &bytes)
      var data = bytes._mutatingExtracting(header..<count)
      do throws(VolumeError) {
        return try volume.tryRead(at: request.offset, into: &data) ? count : 0
      } catch {
        failure = error
        return 0
      }
    }
    if let failure {
      answer(request, NBDErrorNumber(failure))
    } else if written == 0 {
      offload(request, .read, charge: Int(request.length))
    }
  }

  private func write(_ request: NBDRequest, _ payload: RawSpan) {
    let wait = volume.takePlace()
    do throws(VolumeError) {
      guard wait == 0, try volume.tryWrite(at: request.offset, from: payload) else {
        return offload(
          request, .write(copy(payload)), charge: payload.byteCount, after: wait)
      }
      acknowledgeChange(request)
    } catch {
      answer(request, NBDErrorNumber(error))
    }
  }

  private func run(_ request: NBDRequest, _ operation: NBDOperation) {
    switch operation {
    case .read: read(request)
    case .flush: offload(request, .flush)
    case .trim: trim(request, otherwise: .trim)
    case .writeZeroes(mayPunch: true): trim(request, otherwise: .writeZeroes(mayPunch: true))
    case .writeZeroes(mayPunch: false):
      offload(request, .writeZeroes(mayPunch: false), after: volume.takePlace())
    case .cache: offload(request, .cache, after: volume.takePlace())
    case .blockStatus: offload(request, .blockStatus)
    case .refused(let error): answer(request, error)
    }
  }

  /// What was trimmed reads as zeroes from then on, so this serves WRITE_ZEROES too.
  private func trim(_ request: NBDRequest, otherwise job: NBDWork.Job) {
    let wait = volume.takePlace()
    do throws(VolumeError) {
      guard wait == 0, request.length <= NetworkLimits.maximumInlineBytes,
        try volume.tryTrim(at: request.offset, count: UInt64(request.length))
      else { return offload(request, job, after: wait) }
      acknowledgeChange(request)
    } catch {
      answer(request, NBDErrorNumber(error))
    }
  }

  /// A write or trim has been done on the loop: answer with the batch, or after a flush.
  private func acknowledgeChange(_ request: NBDRequest) {
    if request.flags.contains(.forceUnitAccess) { return offload(request, .flush) }
    unpublished.append(replies.writerIndex)
    answer(request, nil)
  }

  private func answer(_ request: NBDRequest, _ error: NBDErrorNumber?) {
    replies.appendNBDOutcome(error, of: request, structured: structured)
  }

  private func copy(_ payload: RawSpan) -> ByteBuffer {
    var buffer = work.allocator.buffer(capacity: payload.byteCount)
    buffer.writeBytes(payload)
    return buffer
  }
}

// MARK: Worker threads and large writes

extension NBDTransmission {
  /// - Parameter wait: nanoseconds until it may begin.
  private func offload(
    _ request: NBDRequest, _ job: NBDWork.Job, charge: Int = 0, after wait: UInt64 = 0
  ) {
    requestsUnderWay += 1
    bytesUnderWay += charge
    workers.submit(after: wait, on: eventLoop) { [work, mailbox] in
      mailbox.post(.reply(work.answer(request, job), charge: charge))
    }
  }

  private func writePiece(
    of request: NBDRequest, at offset: UInt64, _ payload: RawSpan, isLast: Bool
  ) {
    if largeWrites[lastLargeWrite]?.hasArrived != false {
      lastLargeWrite += 1
      largeWrites[lastLargeWrite] = LargeWrite(
        request: request, wait: volume.takePlace())
    }
    var large = largeWrites[lastLargeWrite] ?? LargeWrite(request: request, wait: 0)
    if large.error == nil {
      do throws(VolumeError) {
        let isDone = large.wait == 0 ? try volume.tryWrite(at: offset, from: payload) : false
        if !isDone {
          large.piecesUnderWay += 1
          offloadPiece(copy(payload), at: offset, after: large.wait)
        }
      } catch {
        large.error = NBDErrorNumber(error)
      }
    }
    large.hasArrived = isLast
    largeWrites[lastLargeWrite] = large
    finishIfDone(lastLargeWrite)
  }

  private func offloadPiece(_ payload: ByteBuffer, at offset: UInt64, after wait: UInt64) {
    let charge = payload.readableBytes
    let large = lastLargeWrite
    requestsUnderWay += 1
    bytesUnderWay += charge
    workers.submit(after: wait, on: eventLoop) { [work, mailbox] in
      let error = work.writePiece(payload, at: offset)
      mailbox.post(.piece(largeWrite: large, error: error, charge: charge))
    }
  }

  private func finishIfDone(_ identity: UInt64) {
    guard let large = largeWrites[identity], large.hasArrived, large.piecesUnderWay == 0 else {
      return
    }
    largeWrites[identity] = nil
    if let error = large.error {
      answer(large.request, error)
    } else {
      acknowledgeChange(large.request)
    }
  }

  /// Takes in what a worker thread has done; returns an answer that is to be sent as it is.
  func complete(_ completion: NBDCompletion) -> ByteBuffer? {
    requestsUnderWay -= 1
    switch completion {
    case .reply(let reply, let charge):
      bytesUnderWay -= charge
      return reply
    case .piece(let identity, let error, let charge):
      bytesUnderWay -= charge
      largeWrites[identity]?.piecesUnderWay -= 1
      if let error { largeWrites[identity]?.error = error }
      finishIfDone(identity)
      return nil
    }
  }
}
