/// Long work of the array.
public struct JobDocument: Codable, Hashable, Sendable {
  public var id: UInt64
  /// What it does: `reclaim`, `merge`, …
  public var kind: String
  /// What it does it to.
  public var subject: String
  public var state: JobState
  public var doneUnits: UInt64
  /// Nil while it cannot be told.
  public var totalUnits: UInt64?
  /// What is counted: `bytes`, `pages`, …
  public var unit: String
  /// Seconds; nil while it cannot be told.
  public var remainingSeconds: UInt64?
  /// Seconds since 1970 UTC.
  public var startedAt: Int64
  /// Why it failed.
  public var failure: Problem?

  public init(
    id: UInt64, kind: String, subject: String, state: JobState, doneUnits: UInt64,
    totalUnits: UInt64?, unit: String, remainingSeconds: UInt64?, startedAt: Int64,
    failure: Problem? = nil
  ) {
    self.id = id
    self.kind = kind
    self.subject = subject
    self.state = state
    self.doneUnits = doneUnits
    self.totalUnits = totalUnits
    self.unit = unit
    self.remainingSeconds = remainingSeconds
    self.startedAt = startedAt
    self.failure = failure
  }
}

/// Where a job stands.
public enum JobState: String, Codable, Hashable, Sendable, CaseIterable {
  case running, paused, finished, failed

  /// True if nothing of it will change any more.
  public var isOver: Bool { self == .finished || self == .failed }
}

/// Something that happened, told with a message of the catalogue.
public struct EventDocument: Codable, Hashable, Sendable {
  /// Rises by one; never reused.
  public var number: UInt64
  /// Seconds since 1970 UTC.
  public var time: Int64
  public var messageID: String
  public var messageClass: MessageClassName
  public var text: String

  public init(
    number: UInt64, time: Int64, messageID: String, messageClass: MessageClassName, text: String
  ) {
    self.number = number
    self.time = time
    self.messageID = messageID
    self.messageClass = messageClass
    self.text = text
  }
}

/// The array as a whole.
public struct StatusDocument: Codable, Hashable, Sendable {
  public var product: String
  public var version: String
  public var arrayName: String
  /// 16 hexadecimal digits that no other array has.
  public var serial: String
  /// `ready` or what is wrong.
  public var state: String
  /// Seconds since the daemon started.
  public var uptimeSeconds: UInt64
  public var logicalDisks: Int
  public var generations: Int
  public var pools: Int
  public var runningJobs: Int
  /// Directory of the per-set NBD sockets, and the TCP address if it listens on one.
  public var nbdSocketDirectory: String?
  public var nbdAddress: String?

  public init(
    product: String, version: String, arrayName: String, serial: String, state: String,
    uptimeSeconds: UInt64, logicalDisks: Int, generations: Int, pools: Int, runningJobs: Int,
    nbdSocketDirectory: String? = nil, nbdAddress: String? = nil
  ) {
    self.product = product
    self.version = version
    self.arrayName = arrayName
    self.serial = serial
    self.state = state
    self.uptimeSeconds = uptimeSeconds
    self.logicalDisks = logicalDisks
    self.generations = generations
    self.pools = pools
    self.runningJobs = runningJobs
    self.nbdSocketDirectory = nbdSocketDirectory
    self.nbdAddress = nbdAddress
  }
}

/// A list, wrapped so that it can grow further members.
public struct Listing<Item: Codable & Hashable & Sendable>: Codable, Hashable, Sendable {
  public var items: [Item]

  public init(items: [Item]) { self.items = items }
}
