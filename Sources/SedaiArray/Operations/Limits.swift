import SedaiBytes

/// Bounds of what can be configured.
public enum ArrayLimits {
  /// Bytes of the smallest and the largest logical disk.
  public static let smallestDisk: UInt64 = 1 << 20
  public static let largestDisk: UInt64 = 64 << 40
  /// A disk's capacity is a multiple of this many bytes.
  public static let capacityUnit: UInt64 = ChunkGeometry.blockBytes
  /// Bytes of a control volume.
  public static let controlVolumeCapacity: UInt64 = 64 << 20
  /// Generations of one base volume.
  public static let generationsPerBase = 100_000
  /// Copies of one volume.
  /// - Source: management-cli.md 2.2.
  public static let replicasPerMaster = 3
  /// Generations built by one request.
  public static let generationsPerRequest = 10_000
  /// Volumes in one request on a set of them.
  public static let volumesPerSet = 1024
  /// The highest LUN of an LD set.
  public static let highestLUN: UInt16 = 16383
  public static let ldSets = 4096
  public static let clientsPerLDSet = 256
  /// Operators and hosts together.
  public static let accounts = 1024
  /// LD sets of a host, and local users of an account.
  public static let entriesPerAccount = 64
  /// Ranges in one answer about differences.
  public static let rangesPerAnswer = 65_536
}
