internal import SedaiBytes
internal import SedaiMonitor

/// An EXTENDED COPY that is to be carried out by ``LogicalUnit/copy(_:data:among:)``.
public struct CopyJob: Sendable {
  let ticket: TaskTicket
  /// Bytes that the initiator has to send with it.
  public let dataBytes: Int
}

/// A unit that an initiator may see, and as whom it sees it.
public struct CopyParty: Sendable {
  let unit: LogicalUnit
  let nexus: SCSINexus

  public init(unit: LogicalUnit, nexus: SCSINexus) {
    self.unit = unit
    self.nexus = nexus
  }
}

/// What became of a copy.
struct CopyResult: Hashable, Sendable {
  let identifier: UInt8
  var segments: UInt16 = 0
  var bytes: UInt64 = 0
  var failure: Sense?
}

extension LogicalUnit {
  /// Copies between units that the initiator may see, through a buffer; what the source does
  /// not hold is given back at the destination. Blocks.
  ///
  /// - Parameters:
  ///   - data: what the initiator sent.
  ///   - parties: this unit and all others that the initiator may see.
  /// - Source: SPC-4 §6.4.
  public func copy(_ job: CopyJob, data: RawSpan, among parties: [CopyParty]) -> SCSIOutcome {
    guard data.byteCount > 0, job.dataBytes > 0 else { return .good }
    var bytes: [UInt8] = []
    bytes.append(data.extracting(0..<min(data.byteCount, job.dataBytes)))
    do throws(Sense) {
      let list = try CopyList(bytes)
      var result = CopyResult(identifier: list.identifier)
      do throws(Sense) {
        for segment in list.segments {
          result.bytes += try copy(segment, job.ticket, parties)
          result.segments += 1
        }
      } catch {
        result.failure = error
      }
      if list.isRemembered { remember(result, for: job.ticket.attachment) }
      if let failure = result.failure { throw failure }
      return .good
    } catch {
      return outcome(of: error)
    }
  }

  private func remember(_ result: CopyResult, for attachment: AttachmentID) {
    state.withLock { state in
      guard var copies = state.attachments[attachment]?.copies else { return }
      copies.removeAll { $0.identifier == result.identifier }
      if copies.count >= SCSILimits.maximumRememberedCopies { copies.removeFirst() }
      state.attachments[attachment]?.copies = copies + [result]
    }
  }

  /// - Returns: how many bytes were copied.
  private func copy(
    _ segment: CopyList.Segment, _ ticket: TaskTicket, _ parties: [CopyParty]
  ) throws(Sense) -> UInt64 {
    guard segment.source != .nobody, segment.destination != .nobody,
      let source = party(segment.source, among: parties),
      let destination = party(segment.destination, among: parties)
    else { throw .unreachableCopyEnd }
    let counted = segment.countsDestination ? destination.unit : source.unit
    let count = segment.blocks * counted.identity.blockBytes
    guard count <= SCSILimits.maximumCopySegmentBytes else { throw .invalidParameter(10) }
    let from = try source.unit.copyEnd(of: source.nexus, isWritten: false)
    let to = try destination.unit.copyEnd(of: destination.nexus, isWritten: true)
    let start = try source.unit.offset(segment.sourceStart, count, in: from)
    let place = try destination.unit.offset(segment.destinationStart, count, in: to)
    do throws(JobFailure) {
      try move(count, from, start, to, place, by: destination.unit, ticket)
    } catch {
      throw error.copySense
    }
    return count
  }

  private func party(_ end: CopyList.End, among parties: [CopyParty]) -> CopyParty? {
    switch end {
    case .own: parties.first { $0.unit === self }
    case .named(let kind, let designator):
      parties.first { $0.unit.identity.isNamed(kind, designator) }
    case .nobody: nil
    }
  }

  /// The medium at one end of a copy, if the initiator may use it so.
  private func copyEnd(of nexus: SCSINexus, isWritten: Bool) throws(Sense) -> any SCSIMedium {
    try state.withLock { (state) throws(Sense) in
      guard case .medium(let medium) = state.content else { throw Sense.notReady.asCopyAborted }
      let isForbidden =
        state.holder.map { $0 != nexus } ?? false
        || state.reservations.forbids(writing: isWritten, to: nexus)
      guard !isForbidden else { throw Sense.copyReserved }
      guard isWritten else { return medium }
      if state.mode.isWriteProtected { throw Sense.softwareWriteProtected.asCopyAborted }
      if medium.isReadOnly { throw Sense.writeProtected.asCopyAborted }
      return medium
    }
  }

  /// Where a range starts, in bytes.
  private func offset(
    _ start: UInt64, _ count: UInt64, in medium: any SCSIMedium
  ) throws(Sense) -> UInt64 {
    let blocks = medium.size / identity.blockBytes
    guard start <= blocks, count <= (blocks - start) * identity.blockBytes else {
      throw .copyAborted
    }
    return start * identity.blockBytes
  }

  private func move(
    _ count: UInt64, _ from: any SCSIMedium, _ start: UInt64, _ to: any SCSIMedium,
    _ place: UInt64, by unit: LogicalUnit, _ ticket: TaskTicket
  ) throws(JobFailure) {
    var done: UInt64 = 0
    while done < count {
      let found: [MediumExtent]
      do throws(MediumError) {
        found = try from.extents(
          at: start + done, count: count - done, limit: SCSILimits.maximumStatusExtents)
      } catch {
        throw .reading(error)
      }
      guard !found.isEmpty else { throw .reading(.inputOutput) }
      for extent in found {
        var moved: UInt64 = 0
        let length = min(extent.count, count - done)
        while moved < length {
          let size = min(SCSILimits.stepBytes, length - moved)
          let target = place + done + moved
          // Another unit's tasks are ended by whoever ends those of this one.
          guard state.withLock({ $0.honours(ticket) }) else { throw .status(.busy) }
          if extent.isAllocated {
            let piece = try MediumBlocks(medium: from, block: identity.blockBytes).read(
              start + done + moved, Int(size))
            try unit.writing { () throws(MediumError) in
              try piece.withBytes(0..<piece.count) { (bytes) throws(MediumError) in
                try to.write(at: target, from: bytes)
              }
            }
          } else {
            try unit.writing { () throws(MediumError) in try to.trim(at: target, count: size) }
          }
          moved += size
        }
        done += length
      }
    }
    do throws(MediumError) { try to.publish() } catch { throw .writing(error) }
  }

  private func writing(_ body: () throws(MediumError) -> Void) throws(JobFailure) {
    writers.enter()
    defer { writers.leave() }
    do throws(MediumError) { try body() } catch { throw .writing(error) }
  }
}

extension JobFailure {
  /// What an initiator is told about a copy that failed so.
  fileprivate var copySense: Sense {
    switch self {
    case .sense(let sense): sense.asCopyAborted
    case .reading(.notReady), .writing(.notReady): Sense.notReady.asCopyAborted
    case .writing(.noSpace): Sense.noSpace.asCopyAborted
    case .writing(.readOnly): Sense.writeProtected.asCopyAborted
    case .reading, .writing, .status: .copyEndFailed
    }
  }
}
