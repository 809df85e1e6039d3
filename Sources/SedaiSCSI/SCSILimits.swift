/// Every bound on what an initiator may ask of a logical unit at once, told to it by the Block
/// Limits page, and the sizes the units have.
public enum SCSILimits {
  /// Bytes of a logical block.
  public static let logicalBlockBytes: UInt64 = 512

  /// Logical blocks of a physical one, as a power of two: what costs no reading around it.
  public static let physicalBlockExponent: UInt8 = 3

  /// Bytes that one command may carry or compare; a longer one is refused.
  public static let maximumTransferBytes: UInt64 = 32 << 20

  /// Bytes of a command that moves much and is still served at once where that is possible.
  public static let optimalTransferBytes: UInt64 = 1 << 20

  /// Blocks of one COMPARE AND WRITE.
  public static let maximumCompareBlocks: UInt8 = 255

  /// Blocks that one WRITE SAME may cover.
  public static let maximumWriteSameBlocks: UInt64 = 1 << 20

  /// Blocks that one UNMAP may cover, its descriptors together.
  public static let maximumUnmapBlocks: UInt64 = 1 << 20

  /// Descriptors of one UNMAP.
  public static let maximumUnmapDescriptors = 256

  /// Bytes of parameters of any command that is not about blocks.
  public static let maximumParameterBytes: UInt64 = 8192

  /// Extents that one GET LBA STATUS looks at.
  public static let maximumStatusExtents = 1024

  /// Bytes that PRE-FETCH reads at most; the rest of the range is ignored.
  public static let maximumPrefetchBytes: UInt64 = 8 << 20

  /// Bytes that a comparison or a prefetch holds at a time.
  static let stepBytes: UInt64 = 1 << 20

  /// Unit attentions that wait for one initiator; of more only the fact is kept.
  static let maximumAttentions = 16

  /// Registrations for persistent reservations of one unit.
  static let maximumRegistrations = 256
}
