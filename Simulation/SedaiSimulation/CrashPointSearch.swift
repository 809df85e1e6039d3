internal import SedaiBytes
internal import SedaiEngine
internal import SedaiFormat

/// Runs every sequence of a few calls on a tiny array and crashes it before every device
/// call of the last one, in every way; every block must hold an allowed value after each.
public struct CrashPointSearch {
  /// Ways in which each power cut is drawn.
  public static let fatesPerPowerCut = 4
  /// Ways in which the write under way at a kill is drawn.
  public static let fatesPerKill = 2

  /// Where the generations of the array's volume belong.
  public enum Layout: CaseIterable, Sendable {
    case samePool, apart

    var shape: ArrayShape {
      switch self {
      case .samePool: .tiny
      case .apart: .tinyApart
      }
    }
  }

  public struct Summary: Sendable {
    public var sequences = 0
    public var crashes = 0
  }

  /// Calls to choose from, as functions of what exists.
  private enum Step: CaseIterable {
    case overwriteInPlace, writeShared, writeFresh, writePart, writeAcross, writeGeneration
    case trimBlock, trimChunk, flush, snapshot, restore, restoreKeepingUndo, deleteGeneration
    case deleteVolume, create, clone, resize, snapshotAndDelete, reclaim, merge, checkpoint
    case relocate, addPool, extendPool, removePool
  }

  /// Called with a line now and then; nil to say nothing.
  public var report: ((String) -> Void)?
  public private(set) var summary = Summary()

  private let seed: UInt64
  private let layout: Layout

  public init(seed: UInt64, layout: Layout) {
    self.seed = seed
    self.layout = layout
  }

  /// - Parameters:
  ///   - length: calls of a sequence.
  ///   - part: only sequences whose number is `part` modulo `parts`.
  /// - Throws: ``SimulationFailure``; its seed is the search's.
  /// - Complexity: O(25^length)
  public mutating func run(
    length: Int, part: Int = 0, of parts: Int = 1
  ) throws(SimulationFailure) {
    let steps = Step.allCases
    let total = (0..<length).reduce(1) { product, _ in product * steps.count }
    for number in 0..<total where number % parts == part {
      var rest = number
      var sequence: [Step] = []
      for _ in 0..<length {
        sequence.append(steps[rest % steps.count])
        rest /= steps.count
      }
      do throws(SimulationStop) { try crashEverywhere(sequence) } catch {
        throw SimulationFailure(
          seed: seed, problem: error.text, history: sequence.map { "\($0)" } + [lastPoint])
      }
      summary.sequences += 1
      if summary.sequences % 1000 == 0 {
        report?("\(summary.sequences) sequences, \(summary.crashes) crashes")
      }
    }
  }

  private var lastPoint = ""

  private mutating func crashEverywhere(_ sequence: [Step]) throws(SimulationStop) {
    lastPoint = "while running"
    let host = SimulatedHost(seed: seed)
    let array = SimulatedArray(host: host, shape: layout.shape)
    var stage = Stage(array: array, home: layout == .apart ? PoolID(1) : nil)
    try stage.prepare()
    for step in sequence.dropLast() { try stage.perform(stage.operation(for: step)) }
    guard let last = sequence.last else { return }
    let operation = stage.operation(for: last)
    let before = stage.model
    host.startRecording()
    try stage.perform(operation)
    let images = host.stopRecording()
    for (index, image) in images.enumerated() {
      for kind in CrashKind.allCases {
        for fate in 0..<(kind == .powerCut ? Self.fatesPerPowerCut : Self.fatesPerKill) {
          lastPoint = "\(kind) before call \(index + 1) of \(images.count), fate \(fate)"
          try check(
            image, kind, fate: seed &+ UInt64(fate) &* 1000 &+ UInt64(index), before, operation)
          summary.crashes += 1
        }
      }
    }
    lastPoint = "after the sequence"
    for kind in CrashKind.allCases {
      try check(host.image(), kind, fate: seed, stage.model, nil)
      summary.crashes += 1
    }
  }

  private func check(
    _ image: SimulatedHost.Image, _ kind: CrashKind, fate: UInt64, _ before: ReferenceModel,
    _ operation: SimulatedOperation?
  ) throws(SimulationStop) {
    let host = SimulatedHost(crashed: image, by: kind, seed: fate)
    let array = SimulatedArray(host: host, shape: layout.shape)
    host.restart()
    if let problem = try Self.problem(of: array) { throw .violation(Violation(problem)) }
    let engine: Engine
    do throws(EngineError) { engine = try array.open() } catch {
      throw .engine(error, "opening after a crash")
    }
    let batch = Batch(lanes: [operation.map { [Batch.Call(operation: $0, result: nil)] } ?? []])
    var merged: ReferenceModel?
    var difference = ""
    for world in WorldSearch(from: before, batch: batch).worlds {
      if let problem = world.model.difference(from: engine) {
        difference = problem
      } else if merged == nil {
        merged = world.model
      } else {
        merged?.merge(world.model)
      }
    }
    guard var model = merged else { throw .violation(Violation(difference)) }
    if kind == .powerCut { model.lostDurability() }
    var random = SeededRandom(seed: fate)
    try model.verifyAll(in: engine, isSettled: kind == .powerCut, random: &random)
  }

  /// What the offline check finds first; nil if nothing.
  private static func problem(of array: SimulatedArray) throws(SimulationStop) -> String? {
    do throws(EngineError) { return try array.checker().check().findings.first?.text } catch {
      throw .engine(error, "checking after a crash")
    }
  }

  /// The array that each sequence begins with, and what each step means there.
  private struct Stage {
    private static let volume = ImageID(1)
    private static let generation = ImageID(2)
    /// Of every volume: as few as a volume may have.
    private static let chunks: UInt64 = 16

    let array: SimulatedArray
    /// Of the generations; nil for the volume's pool.
    let home: PoolID?
    var model = ReferenceModel()
    private var engine: Engine?
    private var sequence: UInt64 = 0
    private var mark: UInt64 = 0

    init(array: SimulatedArray, home: PoolID?) {
      self.array = array
      self.home = home
    }

    /// A volume of sixteen chunks: chunk 0 written, shared with a generation and overwritten
    /// in part; chunk 1 shared whole; chunk 2 its own; the others never written.
    mutating func prepare() throws(SimulationStop) {
      do throws(EngineError) { engine = try array.make() } catch {
        throw .engine(error, "making the array")
      }
      model = array.model
      let chunk = ChunkGeometry.chunkBytes
      try perform(
        commit([.create(Self.volume, pool: PoolID(0), length: ByteCount(Self.chunks * chunk))]))
      try perform(write(Self.volume, 0, chunk))
      try perform(write(Self.volume, chunk, chunk))
      try perform(.flush(Self.volume))
      if home != nil { try perform(commit([.setStaging(PoolID(0), chunks: 8)])) }
      try perform(commit([.snapshot(source: Self.volume, as: Self.generation, pool: home)]))
      try perform(write(Self.volume, 8192, 4096))
      try perform(write(Self.volume, 2 * chunk + 4096, 12288))
      try perform(.flush(Self.volume))
    }

    private mutating func write(
      _ image: ImageID, _ offset: UInt64, _ count: UInt64
    ) -> SimulatedOperation {
      sequence += 1
      return .write(image, at: offset, count: count, sequence: sequence)
    }

    private mutating func commit(_ operations: [EngineOperation]) -> SimulatedOperation {
      mark += 1
      return .commit(operations, lane: 0, mark: mark)
    }

    mutating func operation(for step: Step) -> SimulatedOperation {
      let volume = Self.volume
      let chunk = ChunkGeometry.chunkBytes
      let generation = model.images.keys.filter { model.images[$0]?.role == .generation }.max()
      let next = ImageID((model.images.keys.max()?.rawValue ?? 0) + 10)
      guard let generation else {
        // Steps that need a generation make one where there is none.
        switch step {
        case .restore, .restoreKeepingUndo, .deleteGeneration, .writeGeneration,
          .snapshotAndDelete, .clone:
          return commit([.snapshot(source: volume, as: next, pool: home)])
        default: return plainOperation(for: step, next: next)
        }
      }
      switch step {
      case .restore: return commit([.restore(target: volume, from: generation, undo: nil)])
      case .restoreKeepingUndo:
        return commit([.restore(target: volume, from: generation, undo: next)])
      case .deleteGeneration: return commit([.delete(generation)])
      case .writeGeneration: return write(generation, chunk + 8192, 4096)
      case .snapshotAndDelete:
        return commit([.snapshot(source: volume, as: next, pool: home), .delete(generation)])
      case .clone: return commit([.clone(source: generation, as: next)])
      default: return plainOperation(for: step, next: next)
      }
    }

    /// Steps that need no generation.
    private mutating func plainOperation(for step: Step, next: ImageID) -> SimulatedOperation {
      let volume = Self.volume
      let chunk = ChunkGeometry.chunkBytes
      switch step {
      case .overwriteInPlace: return write(volume, 2 * chunk + 8192, 4096)
      case .writeShared: return write(volume, chunk + 4096, 4096)
      case .writeFresh: return write(volume, 3 * chunk + 4096, 4096)
      case .writePart: return write(volume, chunk + 100, 5000)
      case .writeAcross: return write(volume, 2 * chunk - 4096, 8192)
      case .trimBlock: return .trim(volume, at: 2 * chunk + 4096, count: 4096)
      case .trimChunk: return .trim(volume, at: 0, count: chunk)
      case .flush: return .flush(volume)
      case .snapshot: return commit([.snapshot(source: volume, as: next, pool: home)])
      case .deleteVolume: return commit([.delete(volume)])
      case .create:
        return commit([.create(next, pool: PoolID(0), length: ByteCount(Self.chunks * chunk))])
      case .resize: return commit([.resize(volume, length: ByteCount((Self.chunks + 2) * chunk))])
      case .reclaim: return .reclaim(step: 1000)
      case .merge: return .merge(volume, from: 0, step: 1000)
      case .relocate:
        return .relocate(model.images.keys.sorted(by: >), step: 1000, steps: 10)
      case .addPool, .extendPool, .removePool: return poolOperation(for: step, next: next)
      case .restore, .restoreKeepingUndo, .deleteGeneration, .writeGeneration,
        .snapshotAndDelete, .clone, .checkpoint:
        return .checkpoint
      }
    }

    /// The spare pool comes with a volume, which goes before it does.
    private mutating func poolOperation(for step: Step, next: ImageID) -> SimulatedOperation {
      guard let spare = array.shape.spares.first, let own = array.shape.pools.first else {
        return .checkpoint
      }
      let images = model.images.filter { $0.value.pool == spare.id }.keys.sorted()
      switch (step, model.pools[spare.id]) {
      case (.addPool, nil):
        let length = ByteCount(Self.chunks * ChunkGeometry.chunkBytes)
        let members = Array(array.devices(for: spare).prefix(spare.members.count))
        return commit([
          .addPool(spare.id, members: members, isSparse: false),
          .setReserve(spare.id, chunks: spare.reserve),
          .create(next, pool: spare.id, length: length),
        ])
      case (.addPool, let pool?): return extend(spare, pool)
      case (.removePool, .some):
        return commit(images.isEmpty ? [.removePool(spare.id)] : images.map { .delete($0) })
      default: return model.pools[own.id].map { extend(own, $0) } ?? .checkpoint
      }
    }

    private mutating func extend(
      _ shape: ArrayShape.Pool, _ pool: ReferencePool
    ) -> SimulatedOperation {
      guard let device = array.devices(for: shape).first(where: { pool.members[$0.path] == nil })
      else { return .checkpoint }
      return commit([.extendPool(shape.id, members: [device])])
    }

    mutating func perform(_ operation: SimulatedOperation) throws(SimulationStop) {
      guard let engine else { return }
      let result = operation.perform(on: engine)
      do throws(Violation) { try model.apply(operation, result) } catch {
        throw .violation(error)
      }
    }
  }
}
