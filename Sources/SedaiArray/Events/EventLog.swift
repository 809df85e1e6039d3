import SedaiModel

/// The newest events: many in memory, some of them also in the catalogue.
struct EventLog: Sendable {
  /// How many are kept in memory.
  static let memoryLimit: UInt64 = 8192
  /// How many are kept over a restart.
  static let catalogueLimit: UInt64 = 500

  /// The number of the event to come.
  private(set) var next: UInt64
  /// By number modulo the limit.
  private var slots: [ArrayEvent?]

  /// - Parameter kept: from the catalogue, in any order.
  init(kept: [ArrayEvent]) {
    slots = Array(repeating: nil, count: Int(Self.memoryLimit))
    next = (kept.map(\.number).max() ?? 0) + 1
    for event in kept { slots[Int(event.number % Self.memoryLimit)] = event }
  }

  mutating func append(_ event: ArrayEvent) {
    precondition(event.number == next, "events are numbered without gaps")
    slots[Int(next % Self.memoryLimit)] = event
    next += 1
  }

  /// Events above `number`, oldest first.
  func events(after number: UInt64, limit: Int) -> [ArrayEvent] {
    let oldest = next > Self.memoryLimit ? next - Self.memoryLimit : 1
    var result: [ArrayEvent] = []
    var current = max(number == .max ? .max : number + 1, oldest)
    while current < next, result.count < limit {
      if let event = slots[Int(current % Self.memoryLimit)], event.number == current {
        result.append(event)
      }
      current += 1
    }
    return result
  }
}
