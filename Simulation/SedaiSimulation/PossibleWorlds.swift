internal import SedaiEngine
internal import SedaiFormat

/// Calls that ran at the same time: each lane one after the other, the lanes in any order.
struct Batch: Sendable {
  struct Call: Sendable {
    let operation: SimulatedOperation
    /// Nil if it was interrupted.
    var result: OperationResult?
  }

  var lanes: [[Call]]

  /// Images that a commit deletes, or may have deleted: a call at the same time may miss
  /// them, also after it has done a part of its work.
  var deletes: Set<ImageID> {
    var images: Set<ImageID> = []
    for call in lanes.joined() {
      if case .failed = call.result { continue }
      guard case .commit(let operations, _, _) = call.operation else { continue }
      for case .delete(let id) in operations { images.insert(id) }
    }
    return images
  }

  var hasInterruptedCommit: Bool {
    lanes.joined().contains { call in
      if case .commit = call.operation { return call.result == nil }
      return false
    }
  }
}

/// One order in which the calls of a batch may have happened, and what follows from it.
struct World {
  var model: ReferenceModel
  /// What each read may have returned, by lane and place in it.
  var reads: [ReadKey: [UInt64: BlockState]] = [:]

  struct ReadKey: Hashable {
    let lane: Int
    let place: Int
  }

  /// Allows what either of two worlds of the same shape allows.
  mutating func merge(_ other: World) {
    model.merge(other.model)
    mergeReads(other)
  }

  mutating func mergeReads(_ other: World) {
    for (key, blocks) in other.reads {
      for (block, state) in blocks {
        reads[key, default: [:]][block, default: state].merge(state)
      }
    }
  }
}

/// Finds every world in which the engine's answers are right.
struct WorldSearch {
  private let lanes: [[Batch.Call]]
  private(set) var worlds: [World] = []
  private(set) var firstViolation: Violation?

  init(from model: ReferenceModel, batch: Batch) {
    lanes = batch.lanes
    var model = model
    model.doomed = batch.deletes
    model.hasInterruptedCommit = batch.hasInterruptedCommit
    search(World(model: model), next: [Int](repeating: 0, count: lanes.count))
  }

  private mutating func search(_ world: World, next: [Int]) {
    var isComplete = true
    for lane in lanes.indices where next[lane] < lanes[lane].count {
      isComplete = false
      let call = lanes[lane][next[lane]]
      var rest = next
      rest[lane] += 1
      if call.result == nil, case .commit = call.operation {
        // An interrupted commit happened or it did not.
        search(world, next: rest)
      }
      var after = world
      let key = World.ReadKey(lane: lane, place: next[lane])
      if case .read(let id, let offset, let count) = call.operation, case .data = call.result,
        let image = world.model.images[id]
      {
        after.reads[key] = image.states(at: offset, count: count)
      }
      do throws(Violation) {
        try after.model.apply(call.operation, call.result)
        search(after, next: rest)
      } catch {
        if firstViolation == nil { firstViolation = error }
      }
    }
    if isComplete {
      worlds.append(world)
      worlds[worlds.count - 1].model.doomed = []
      worlds[worlds.count - 1].model.hasInterruptedCommit = false
    }
  }
}
