/// What hosts address a disk by over SCSI, in bytes.
public enum LogicalBlockSize: Int, Sendable, CaseIterable {
  /// What every system knows.
  case bytes512 = 512
  /// As large as the blocks that the array stores.
  case bytes4096 = 4096
}
