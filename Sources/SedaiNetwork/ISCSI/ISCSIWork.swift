internal import NIOCore
internal import SedaiISCSI
internal import SedaiSCSI

/// What a worker thread hands back to a session.
enum ISCSICompletion: Sendable {
  /// Data in its place in the bytes of a whole answer.
  case data(ISCSITask, ByteBuffer, DataInLayout)
  case outcome(ISCSITask, SCSIOutcome)
  case targets([ISCSITargetName])
}

/// A command on its way, and what it costs while it is.
struct ISCSITask: Sendable {
  let command: ISCSICommand
  let unit: LogicalUnit
  /// Bytes that the command would move.
  let movedBytes: Int
  /// Bytes that are held for it.
  var charge = 0
  /// What its answer has taken from the server's budget; 0 for small ones.
  var budgetedBytes = 0
}

/// What is done on a worker thread because it may wait for a device. Everything here blocks.
struct ISCSIWork: Sendable {
  let allocator: ByteBufferAllocator

  func read(
    _ task: ISCSITask, _ transfer: BlockTransfer, _ layout: DataInLayout
  ) -> ISCSICompletion {
    var reply = allocator.buffer(capacity: layout.byteCount)
    do throws(MediumError) {
      // SAFETY: the span covers the first bytes of the writable ones, is used in this closure
      // only, and `read` and the sealing of the answer fill all of it.
      try unsafe reply.writeWithUnsafeMutableBytes(minimumWritableBytes: layout.byteCount) {
        room throws(MediumError) in
        var bytes = unsafe MutableRawSpan(
          _unsafeBytes: .init(rebasing: room[..<layout.byteCount]))
        for index in 0..<layout.count {
          let (data, place) = layout.piece(index)
          var piece = bytes._mutatingExtracting(place)
          try transfer.medium.read(at: transfer.offset + UInt64(data.lowerBound), into: &piece)
        }
        return layout.byteCount
      }
      return .data(task, reply, layout)
    } catch {
      return .outcome(task, task.unit.outcome(of: error, writing: false))
    }
  }

  func write(
    _ task: ISCSITask, _ transfer: BlockTransfer, _ payload: ByteBuffer, mustBeDurable: Bool
  ) -> ISCSICompletion {
    do throws(MediumError) {
      try task.unit.write(transfer, from: payload.readableBytesSpan)
      if mustBeDurable { try transfer.medium.flush() } else { try transfer.medium.publish() }
      return .outcome(task, .good)
    } catch {
      return .outcome(task, task.unit.outcome(of: error, writing: true))
    }
  }

  /// Makes a write durable that has been done.
  func flush(_ task: ISCSITask, _ medium: any SCSIMedium) -> ISCSICompletion {
    do throws(MediumError) {
      try medium.flush()
      return .outcome(task, .good)
    } catch {
      return .outcome(task, task.unit.outcome(of: error, writing: true))
    }
  }

  func perform(_ task: ISCSITask, _ job: SCSIJob, _ payload: ByteBuffer) -> ISCSICompletion {
    .outcome(task, task.unit.perform(job, data: payload.readableBytesSpan))
  }
}
