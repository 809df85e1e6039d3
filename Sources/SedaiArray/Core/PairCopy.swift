import SedaiFormat

/// A copy from one pool to another on its way, as the catalogue keeps it with its pair.
///
/// What is copied is a moment of the source, kept as an image: hosts may go on writing.
struct PairCopy: Hashable, Sendable {
  enum Direction: String, Sendable {
    case toReplica = "rv"
    case toMaster = "mv"
  }

  var direction: Direction
  /// What the target had of the source before: only what differs is copied. Nil: the target
  /// was empty, and everything is.
  var from: ImageID?
  /// The moment that is copied.
  var source: ImageID
  /// A later one, copied after that.
  var next: ImageID?
  /// Bytes from the start that are known to be done.
  var done: UInt64 = 0
  /// Windows that hosts wrote to before they were copied; see ``CopyWork``.
  var written: [Range<UInt64>] = []
}

/// Images of both volumes when they were the same, as they show what each wrote since.
struct CommonPast: Hashable, Sendable {
  var master: ImageID
  /// Nil while no host can have written to the replication volume.
  var replica: ImageID?
}

extension ReplicaPair {
  /// Every image that is kept for the pair alone.
  var hiddenImages: [ImageID] {
    var images = [copy?.source, copy?.next, common?.master, common?.replica]
    // A restore begins from the common past, which stays.
    if copy?.direction == .toReplica { images.append(copy?.from) }
    return images.compactMap { $0 }
  }
}
