internal import SedaiBytes
public import SedaiEngine
public import SedaiFormat

/// One call of the engine, as the simulator makes it and the model understands it.
public enum SimulatedOperation: Sendable {
  case write(ImageID, at: UInt64, count: UInt64, sequence: UInt64)
  case trim(ImageID, at: UInt64, count: UInt64)
  case read(ImageID, at: UInt64, count: UInt64)
  case flush(ImageID)
  /// One commit, with a catalogue entry of its own that says whether it happened.
  case commit([EngineOperation], lane: UInt8, mark: UInt64)
  case pushJournal
  case reclaim(step: Int)
  case merge(ImageID, from: UInt64, step: Int)
  /// So many steps of a pass through a family.
  case relocate([ImageID], step: Int, steps: Int)
  case checkpoint
  case flushAll
  /// Everything that can be asked about what two images hold.
  case ask(ImageID, ImageID)
}

/// A call as one caller makes it.
struct SimulatedCall: Sendable {
  let operation: SimulatedOperation
  /// A read, write or trim is tried without waiting first, as event loops do.
  var triesFirst = false
}

extension SimulatedCall: CustomStringConvertible {
  var description: String { (triesFirst ? "try " : "") + "\(operation)" }
}

/// How a call ended.
public enum OperationResult: Sendable {
  case done
  /// The bytes of a read.
  case data([UInt8])
  /// Chunks that came to another pool, or were completed.
  case moved(Int)
  case failed(EngineError)
}

extension SimulatedOperation {
  /// Makes the call. Writes and trims are acknowledged, also if they fail after a part:
  /// the journal is pushed after them.
  func perform(on engine: Engine, triesFirst: Bool = false) -> OperationResult {
    do throws(EngineError) {
      switch self {
      case .write(let image, let offset, let count, let sequence):
        let bytes = Stamp.bytes(image: image, sequence: sequence, at: offset, count: count)
        try bytes.withRawSpan { (span) throws(EngineError) -> Void in
          if triesFirst, try engine.tryWrite(image, at: offset, from: span) { return }
          try engine.write(image, at: offset, from: span)
        }
        try engine.pushJournal()
      case .trim(let image, let offset, let count):
        let isDone = triesFirst ? try engine.tryTrim(image, at: offset, count: count) : false
        if !isDone { try engine.trim(image, at: offset, count: count) }
        try engine.pushJournal()
      case .read(let image, let offset, let count):
        var bytes = [UInt8](repeating: 0xAA, count: Int(count))
        try bytes.withMutableRawSpan { (span) throws(EngineError) -> Void in
          if triesFirst, try engine.tryRead(image, at: offset, into: &span) { return }
          try engine.read(image, at: offset, into: &span)
        }
        return .data(bytes)
      case .flush(let image): try engine.flush(image)
      case .commit(let operations, let lane, let mark):
        try engine.commit(
          operations, catalogue: [.put(key: [lane], value: Self.encoded(mark))])
      case .pushJournal: try engine.pushJournal()
      case .reclaim(let step): _ = try engine.reclaim(limit: step)
      case .merge(let image, let start, let step):
        _ = try engine.merge(image, from: ChunkIndex(start), limit: step)
      case .relocate(let family, let step, let steps):
        var next: ChunkIndex? = ChunkIndex(0)
        var moved = 0
        for _ in 0..<steps {
          guard let start = next else { break }
          let progress = try engine.relocate(family, from: start, limit: step)
          moved += progress.moved
          next = progress.next
        }
        return .moved(moved)
      case .checkpoint: try engine.checkpoint()
      case .flushAll: try engine.flushAll()
      case .ask(let one, let other): try Self.ask(one, other, engine)
      }
      return .done
    } catch {
      do throws(EngineError) { try engine.pushJournal() } catch { return .failed(error) }
      return .failed(error)
    }
  }

  /// Runs and differences that one call is asked for.
  private static let runLimit = 40

  private static func ask(
    _ one: ImageID, _ other: ImageID, _ engine: Engine
  ) throws(EngineError) {
    guard let length = engine.image(one)?.length.rawValue else { throw .noSuchImage(one) }
    _ = try engine.extents(of: one, at: 0, count: length, limit: runLimit)
    _ = try engine.differences(from: one, to: other, at: 0, count: length, limit: runLimit)
    do throws(EngineError) {
      _ = try engine.exclusiveSpace(of: [one, other])
      _ = try engine.totalSpace(of: [one, other])
      _ = try engine.spaceBeyondLive(of: [one, other])
    } catch {
      // A small cache cannot hold every walk.
      if case .walkTooLarge = error { return }
      throw error
    }
  }

  static func encoded(_ mark: UInt64) -> [UInt8] {
    (0..<8).map { UInt8(truncatingIfNeeded: mark >> (8 * UInt64($0))) }
  }
}
