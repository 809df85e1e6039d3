/// Every bound on what an initiator may ask of a logical unit at once, told to it by the Block
/// Limits page, and the sizes the units have.
public enum SCSILimits {
  /// Bytes of a physical block: what costs no reading around it.
  public static let physicalBlockBytes: UInt64 = 4096

  /// Bytes that one command may carry or compare; a longer one is refused.
  public static let maximumTransferBytes: UInt64 = 32 << 20

  /// Bytes of a command that moves much and is still served at once where that is possible.
  public static let optimalTransferBytes: UInt64 = 1 << 20

  /// Blocks of one COMPARE AND WRITE.
  public static let maximumCompareBlocks: UInt8 = 255

  /// Bytes that one WRITE SAME may cover.
  public static let maximumWriteSameBytes: UInt64 = 512 << 20

  /// Bytes that one UNMAP may cover, its descriptors together.
  public static let maximumUnmapBytes: UInt64 = 512 << 20

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

  /// Units that one EXTENDED COPY may speak of.
  static let maximumCopyEnds = 16

  /// Ranges that one EXTENDED COPY may copy.
  static let maximumCopySegments = 64

  /// Bytes of all that describes one EXTENDED COPY, its header left out.
  static let maximumCopyListBytes =
    maximumCopyEnds * CopyList.identificationBytes
    + maximumCopySegments * CopyList.blockSegmentBytes

  /// Bytes of one range of an EXTENDED COPY.
  static let maximumCopySegmentBytes: UInt64 = 64 << 20

  /// Copies of one initiator whose outcome can be asked for; of more, the oldest are forgotten.
  static let maximumRememberedCopies = 16

  /// Copies that initiators may count on being carried out at the same time.
  static let concurrentCopies = 16

  /// Ranges of a copy are multiples of that power of two, in bytes.
  static let copyGranularityExponent: UInt8 = 9

  /// Registrations for persistent reservations of one unit.
  static let maximumRegistrations = 256
}
