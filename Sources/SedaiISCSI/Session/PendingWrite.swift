/// A command whose data has not all come.
struct PendingWrite: Sendable {
  let command: ISCSICommand
  /// Bytes of data that are of use.
  let wanted: Int
  var data: [UInt8] = []
  /// Bytes asked for so far, those that came unasked among them.
  var requested: Int
  /// Its data may be asked for: as much of the session's room is its own.
  var isAdmitted = false
  /// The number of the next R2T.
  var requestNumber: UInt32 = 0
  /// The data that is under way, in the order in which it has to come.
  var sequences: [Sequence] = []

  /// Data-Out PDUs that belong together.
  struct Sequence: Sendable {
    /// Nil for data that comes unasked.
    let tag: UInt32?
    let end: Int
    /// The number of the next PDU.
    var number: UInt32 = 0
  }

  var isComplete: Bool { data.count >= wanted }
}
