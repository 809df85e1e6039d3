/// Where a generation stands.
public enum GenerationState: String, Codable, Hashable, Sendable, CaseIterable {
  /// Built, never held a snapshot.
  case empty
  /// Holds a snapshot that can be used.
  case active
  case deleting
  /// Held a snapshot once, can be used again.
  case deleted
  /// Its contents are on their way back to the base volume.
  case restoring
  case fault

  /// True where the generation's contents can be relied on.
  public var holdsSnapshot: Bool { self == .active || self == .restoring }
}

/// What the host of a link volume may do with it.
public enum AccessModeName: String, Codable, Hashable, Sendable, CaseIterable {
  case readWrite = "rw"
  case readOnly = "ro"
  case notReady = "nr"
  case notAvailable = "na"
}

/// One generation of a base volume: a snapshot volume and what is in it.
public struct GenerationDocument: Codable, Hashable, Sendable {
  public var baseVolume: String
  /// The snapshot volume's name; nil for a generation without a logical disk.
  public var name: String?
  /// Fixed for its life, counted from 1.
  public var absolute: UInt64
  /// 1 for the newest snapshot; nil if it holds none.
  public var age: UInt32?
  public var osType: String?
  public var state: GenerationState
  /// Seconds since 1970 UTC; nil if it holds no snapshot.
  public var createdAt: Int64?
  public var isGuarded: Bool
  /// The link volume that shows it.
  public var linkedTo: String?
  /// Bytes still to be moved or given back by the operation under way.
  public var remainingBytes: UInt64?
  /// Bytes that only this generation holds; present if it was asked for.
  public var exclusiveBytes: UInt64?
  /// Bytes the snapshot was taken of.
  public var capacity: UInt64?

  public init(
    baseVolume: String, name: String?, absolute: UInt64, age: UInt32? = nil,
    osType: String? = nil, state: GenerationState = .empty, createdAt: Int64? = nil,
    isGuarded: Bool = false, linkedTo: String? = nil, remainingBytes: UInt64? = nil,
    exclusiveBytes: UInt64? = nil, capacity: UInt64? = nil
  ) {
    self.baseVolume = baseVolume
    self.name = name
    self.absolute = absolute
    self.age = age
    self.osType = osType
    self.state = state
    self.createdAt = createdAt
    self.isGuarded = isGuarded
    self.linkedTo = linkedTo
    self.remainingBytes = remainingBytes
    self.exclusiveBytes = exclusiveBytes
    self.capacity = capacity
  }

  /// A reference that means this generation whatever is created or deleted beside it.
  public var reference: VolumeReference {
    .absoluteGeneration(baseVolume: baseVolume, number: absolute)
  }

  /// The name, or the reference if it has none.
  public var label: String { name ?? reference.text }
}

/// A window on a generation or on the base volume itself.
public struct LinkVolumeDocument: Codable, Hashable, Sendable {
  public var name: String
  public var number: UInt32?
  public var baseVolume: String
  public var osType: String?
  /// What it shows: the base volume's name or a generation's label; nil while unlinked.
  public var linkedTo: String?
  public var access: AccessModeName

  public init(
    name: String, number: UInt32?, baseVolume: String, osType: String? = nil,
    linkedTo: String? = nil, access: AccessModeName = .notReady
  ) {
    self.name = name
    self.number = number
    self.baseVolume = baseVolume
    self.osType = osType
    self.linkedTo = linkedTo
    self.access = access
  }
}

/// A base volume with everything that depends on it, as of one moment.
public struct FamilyDocument: Codable, Hashable, Sendable {
  public var baseVolume: LogicalDiskDocument
  /// The name of the SRA its generations are kept in; nil before one is needed.
  public var reserve: String?
  /// Newest snapshot first, then the generations that hold none.
  public var generations: [GenerationDocument]
  public var linkVolumes: [LinkVolumeDocument]
  /// What the request named.
  public var subject: FamilySubject

  public init(
    baseVolume: LogicalDiskDocument, reserve: String? = nil,
    generations: [GenerationDocument] = [], linkVolumes: [LinkVolumeDocument] = [],
    subject: FamilySubject
  ) {
    self.baseVolume = baseVolume
    self.subject = subject
    self.reserve = reserve
    self.generations = generations
    self.linkVolumes = linkVolumes
  }
}

/// Which member of a family a request named.
public enum FamilySubject: Codable, Hashable, Sendable {
  case baseVolume
  /// - Parameter absolute: its ``GenerationDocument/absolute``.
  case generation(absolute: UInt64)
  /// - Parameter name: its ``LinkVolumeDocument/name``.
  case linkVolume(name: String)
}
