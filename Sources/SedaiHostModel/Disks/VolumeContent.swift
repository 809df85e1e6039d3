/// What a disk or partition holds, as far as its first blocks tell.
public struct VolumeContent: Hashable, Codable, Sendable {
  public enum Kind: String, Hashable, Codable, Sendable {
    case ext2, ext3, ext4, xfs, btrfs, vfat, exfat, ntfs, swap
    /// A physical volume of LVM.
    case lvm
    /// A member of a Linux software RAID.
    case raid
    /// An encrypted volume.
    case luks
    /// Something else, or nothing: a raw device.
    case unknown
  }

  public var kind: Kind
  /// As the file system prints it; nil if it has none.
  public var identifier: String?
  public var label: String?
  /// Whether it was in use when its contents were taken: its journal has to be replayed.
  public var needsRecovery: Bool

  public init(
    kind: Kind, identifier: String? = nil, label: String? = nil, needsRecovery: Bool = false
  ) {
    self.kind = kind
    self.identifier = identifier
    self.label = label
    self.needsRecovery = needsRecovery
  }
}

extension VolumeContent.Kind {
  /// Whether it is part of something that spans disks.
  public var isMember: Bool { self == .lvm || self == .raid }

  /// Whether it can be mounted.
  public var isFileSystem: Bool {
    switch self {
    case .ext2, .ext3, .ext4, .xfs, .btrfs, .vfat, .exfat, .ntfs: true
    case .swap, .lvm, .raid, .luks, .unknown: false
    }
  }

  /// Whether the kernel goes wrong where two of one identifier are mounted.
  public var refusesTwins: Bool { self == .xfs || self == .btrfs }

  /// The program that checks it, with the device after it; nil if there is none.
  public var checkCommand: String? {
    switch self {
    case .ext2, .ext3, .ext4: "fsck.ext4 -f"
    case .xfs: "xfs_repair"
    case .btrfs: "btrfs check"
    case .vfat: "fsck.vfat -a"
    case .exfat: "fsck.exfat"
    case .ntfs: "ntfsfix"
    case .swap, .lvm, .raid, .luks, .unknown: nil
    }
  }
}

extension VolumeContent {
  /// Looks at the places where the known ones leave their marks.
  /// - Source: the kernel's documentation of ext4, XFS and btrfs, and the formats of the others.
  public init(_ volume: DiskBytes) {
    self =
      Self.member(volume) ?? Self.linux(volume) ?? Self.windows(volume)
      ?? VolumeContent(kind: .unknown)
  }

  private static func member(_ volume: DiskBytes) -> VolumeContent? {
    if let head = volume.read(0, 4096) {
      for sector in 0..<4 where head.has("LABELONE", at: sector * 512) {
        let name = head.has("LVM2 001", at: sector * 512 + 24)
        if name { return VolumeContent(kind: .lvm) }
      }
      if head.has("LUKS", at: 0), head[4] == 0xBA, head[5] == 0xBE {
        return VolumeContent(kind: .luks, identifier: head.text(168..<208))
      }
    }
    let end = volume.size & ~0xFFF
    // Version 1.2 at 4 KiB, 1.1 at the start, 1.0 and 0.90 near the end.
    let places: [UInt64] = [
      4096, 0, end >= 8192 ? end - 8192 : .max,
      volume.size >= 131_072 ? (volume.size & ~0xFFFF) - 65536 : .max,
    ]
    for place in places where place != .max {
      if let mark = volume.read(place, 4), mark == [0xFC, 0x4E, 0x2B, 0xA9] {
        return VolumeContent(kind: .raid)
      }
    }
    return nil
  }

  private static func linux(_ volume: DiskBytes) -> VolumeContent? {
    if let head = volume.read(1024, 1024), head[56] == 0x53, head[57] == 0xEF {
      return ext(head)
    }
    if let head = volume.read(0, 512), head.has("XFSB", at: 0) {
      return VolumeContent(
        kind: .xfs, identifier: Array(head[32..<48]).dashedIdentifier,
        label: head.text(108..<120))
    }
    if let head = volume.read(65536, 1024), head.has("_BHRfS_M", at: 64) {
      return VolumeContent(
        kind: .btrfs, identifier: Array(head[32..<48]).dashedIdentifier,
        label: head.text(299..<555))
    }
    if let page = volume.read(0, 4096), page.has("SWAPSPACE2", at: 4086) {
      return VolumeContent(
        kind: .swap, identifier: Array(page[1036..<1052]).dashedIdentifier,
        label: page.text(1052..<1068))
    }
    return nil
  }

  /// `superblock` begins at byte 1024 of the volume.
  private static func ext(_ superblock: [UInt8]) -> VolumeContent {
    let compatible: UInt32 = superblock.littleEndian(at: 92) ?? 0
    let incompatible: UInt32 = superblock.littleEndian(at: 96) ?? 0
    // Extents, 64 bits, flexible groups: only ext4 has them.
    let isFourth = incompatible & (0x40 | 0x80 | 0x200) != 0
    let hasJournal = compatible & 0x4 != 0
    return VolumeContent(
      kind: isFourth ? .ext4 : hasJournal ? .ext3 : .ext2,
      identifier: Array(superblock[104..<120]).dashedIdentifier,
      label: superblock.text(120..<136), needsRecovery: incompatible & 0x4 != 0)
  }

  private static func windows(_ volume: DiskBytes) -> VolumeContent? {
    guard let head = volume.read(0, 512), head[510] == 0x55, head[511] == 0xAA
    else { return nil }
    if head.has("NTFS    ", at: 3) {
      let serial: UInt64 = head.littleEndian(at: 72) ?? 0
      let digits = String(serial, radix: 16, uppercase: true)
      return VolumeContent(
        kind: .ntfs, identifier: String(repeating: "0", count: 16 - digits.count) + digits)
    }
    if head.has("EXFAT   ", at: 3) {
      return VolumeContent(kind: .exfat, identifier: serial(head, at: 100))
    }
    if head.has("FAT32   ", at: 82) {
      return VolumeContent(
        kind: .vfat, identifier: serial(head, at: 67), needsRecovery: head[65] & 1 != 0)
    }
    if head.has("FAT16   ", at: 54) || head.has("FAT12   ", at: 54) {
      return VolumeContent(
        kind: .vfat, identifier: serial(head, at: 39), needsRecovery: head[37] & 1 != 0)
    }
    return nil
  }

  private static func serial(_ bytes: [UInt8], at offset: Int) -> String {
    let digits = PartitionTable.digits(bytes.littleEndian(at: offset) ?? 0).uppercased()
    return digits.prefix(4) + "-" + digits.dropFirst(4)
  }
}
