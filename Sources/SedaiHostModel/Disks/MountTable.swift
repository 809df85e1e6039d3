/// One place where a file system is mounted, as one mount namespace sees it.
public struct MountEntry: Hashable, Sendable {
  /// Of the file system; btrfs has one that is no block device's.
  public let device: DeviceNumber
  /// The part of the file system that is seen there: `/` for all of it.
  public let root: String
  public let mountPoint: String
  /// The options of this mount, joined by commas.
  public let options: String
  /// As in `ext4`, `fuseblk`.
  public let fileSystem: String
  /// What was mounted: a device's path for file systems on a disk.
  public let source: String
  /// The options of the file system, joined by commas.
  public let fileSystemOptions: String

  public init(
    device: DeviceNumber, root: String, mountPoint: String, options: String, fileSystem: String,
    source: String, fileSystemOptions: String = ""
  ) {
    self.fileSystemOptions = fileSystemOptions
    self.device = device
    self.root = root
    self.mountPoint = mountPoint
    self.options = options
    self.fileSystem = fileSystem
    self.source = source
  }
}

extension MountEntry {
  /// What mount(8) needs to mount the same again.
  public var mountOptions: String {
    let permitsTwin = fileSystemOptions.split(separator: ",").contains("nouuid")
    return permitsTwin ? options + ",nouuid" : options
  }
}

/// The number by which the kernel knows a device.
public struct DeviceNumber: Hashable, Sendable {
  public let major: UInt32
  public let minor: UInt32

  public init(major: UInt32, minor: UInt32) {
    self.major = major
    self.minor = minor
  }

  /// Reads `7:0`.
  public init?(_ text: some StringProtocol) {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 2, let major = UInt32(parts[0]), let minor = UInt32(parts[1])
    else { return nil }
    self.init(major: major, minor: minor)
  }

  /// From a `dev_t` of 64 bits.
  public init(packed: UInt64) {
    major = UInt32(truncatingIfNeeded: (packed >> 8) & 0xFFF | (packed >> 32) & 0xFFFF_F000)
    minor = UInt32(truncatingIfNeeded: packed & 0xFF | (packed >> 12) & 0xFFFF_FF00)
  }
}

extension DeviceNumber: CustomStringConvertible {
  public var description: String { "\(major):\(minor)" }
}

/// What is mounted in one mount namespace, in the order of mounting.
public struct MountTable: Hashable, Sendable {
  public let entries: [MountEntry]

  /// Reads the text of `/proc/PID/mountinfo`; lines that have another form are left out.
  /// - Source: proc_pid_mountinfo(5).
  public init(mountinfo text: String) {
    entries = text.split(separator: "\n").compactMap(Self.entry)
  }

  /// Where a block device's file system is mounted: found by its number, or by its path for
  /// file systems that have a number of their own.
  public func entries(on device: DeviceNumber, path: String) -> [MountEntry] {
    entries.filter { $0.device == device || $0.source == path }
  }

  private static func entry(_ line: Substring) -> MountEntry? {
    let fields = line.split(separator: " ")
    guard let dash = fields.firstIndex(of: "-"), dash >= 6, fields.count >= dash + 3,
      let device = DeviceNumber(fields[2])
    else { return nil }
    return MountEntry(
      device: device, root: unescaped(fields[3]), mountPoint: unescaped(fields[4]),
      options: String(fields[5]), fileSystem: String(fields[dash + 1]),
      source: unescaped(fields[dash + 2]),
      fileSystemOptions: fields.count > dash + 3 ? String(fields[dash + 3]) : "")
  }

  /// Blanks and backslashes stand there as a backslash and three octal digits.
  static func unescaped(_ text: Substring) -> String {
    var bytes: [UInt8] = []
    var rest = text.utf8
    while let byte = rest.popFirst() {
      if byte == UInt8(ascii: "\\"), let value = octal(rest.prefix(3)) {
        bytes.append(value)
        rest = rest.dropFirst(3)
      } else {
        bytes.append(byte)
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  private static func octal(_ digits: Substring.UTF8View.SubSequence) -> UInt8? {
    guard digits.count == 3 else { return nil }
    var value = 0
    for digit in digits {
      guard (UInt8(ascii: "0")...UInt8(ascii: "7")).contains(digit) else { return nil }
      value = value * 8 + Int(digit - UInt8(ascii: "0"))
    }
    return UInt8(exactly: value)
  }
}
