/// One base volume of a set and the generation that is meant.
public struct GenerationSelection: Codable, Hashable, Sendable {
  public var baseVolume: VolumeReference
  /// Nil leaves the choice to the array, by the rule of cyclic use: a generation that holds no
  /// snapshot, else the oldest.
  public var generation: VolumeReference?

  public init(baseVolume: VolumeReference, generation: VolumeReference? = nil) {
    self.baseVolume = baseVolume
    self.generation = generation
  }
}

/// Takes or deletes a set of snapshots in one commit: all of them or none.
public struct GenerationSetRequest: Codable, Hashable, Sendable {
  /// More members than this are refused.
  public static let maximumMembers = 1024

  public var members: [GenerationSelection]

  public init(members: [GenerationSelection]) { self.members = members }
}

/// Restores a set of base volumes in one commit: all of them or none.
public struct RestoreSetRequest: Codable, Hashable, Sendable {
  /// What becomes of generations newer than a restored one.
  public enum NewerGenerations: String, Codable, Hashable, Sendable, CaseIterable {
    case keep
    case delete = "del"
  }

  public var members: [GenerationSelection]
  public var newerGenerations: NewerGenerations
  /// Keep the state before, if the reserve has room for it.
  public var keepsUndo: Bool

  public init(
    members: [GenerationSelection], newerGenerations: NewerGenerations = .keep,
    keepsUndo: Bool = true
  ) {
    self.members = members
    self.newerGenerations = newerGenerations
    self.keepsUndo = keepsUndo
  }
}

/// The generations of a set after the operation, in the order of the request.
public struct GenerationSetDocument: Codable, Hashable, Sendable {
  public var generations: [GenerationDocument]

  public init(generations: [GenerationDocument]) { self.generations = generations }
}

/// Protects a generation from being overwritten, or ends that.
public struct GuardRequest: Codable, Hashable, Sendable {
  public var baseVolume: VolumeReference?
  public var generation: VolumeReference
  public var isGuarded: Bool

  public init(
    baseVolume: VolumeReference? = nil, generation: VolumeReference, isGuarded: Bool
  ) {
    self.baseVolume = baseVolume
    self.generation = generation
    self.isGuarded = isGuarded
  }
}

/// Builds generations of a base volume.
public struct GenerationBuildRequest: Codable, Hashable, Sendable {
  public var baseVolume: DiskSelector
  public var count: Int
  /// The pool of the snapshot volumes; nil means the base volume's own.
  public var pool: String?
  /// The name of the one that is built, or what the names of several begin with; nil lets the
  /// array choose.
  public var name: String?

  public init(
    baseVolume: DiskSelector, count: Int, pool: String? = nil, name: String? = nil
  ) {
    self.baseVolume = baseVolume
    self.count = count
    self.pool = pool
    self.name = name
  }
}

/// Gives up generations that hold no snapshot.
public struct GenerationRemoveRequest: Codable, Hashable, Sendable {
  public var baseVolume: DiskSelector
  public var count: Int

  public init(baseVolume: DiskSelector, count: Int) {
    self.baseVolume = baseVolume
    self.count = count
  }
}

/// Builds a link volume on a base volume.
public struct LinkVolumeCreateRequest: Codable, Hashable, Sendable {
  public var name: String
  public var baseVolume: DiskSelector
  public var number: UInt32?

  public init(name: String, baseVolume: DiskSelector, number: UInt32? = nil) {
    self.name = name
    self.baseVolume = baseVolume
    self.number = number
  }
}

/// Makes a link volume show a generation, or the base volume itself.
public struct LinkRequest: Codable, Hashable, Sendable {
  public var source: VolumeReference
  public var access: AccessModeName

  public init(source: VolumeReference, access: AccessModeName = .readWrite) {
    self.source = source
    self.access = access
  }
}
