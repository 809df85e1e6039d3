/// What an operator says about this host: `host.conf`.
public struct HostSettings: Hashable, Sendable {
  /// The LD set of this host; nil if the array has only one for a disk.
  public var ldSet: String?
  /// Nil tries iSCSI, then the kernel's NBD, then FUSE.
  public var transport: DiskTransport?
  /// Where drives without a line of their own are mounted: `G:` at `G` below it.
  public var driveDirectory = "/mnt/sedai"
  /// The control volume, for arrays that do not say which it is.
  public var controlVolume: String?
  /// The directory with `ca-cert.pem`, `client-cert.pem` and `client-key.pem` for NBD over TCP.
  public var tlsDirectory: String?
  /// Directories of drives.
  public var drives: [DriveLetter: String] = [:]

  public init() {}

  /// Where a drive is mounted.
  public func directory(of drive: DriveLetter) -> String {
    drives[drive] ?? driveDirectory + "/" + drive.letter
  }

  /// The drive whose directory this is.
  public func drive(at directory: String) -> DriveLetter? {
    if let named = drives.first(where: { $0.value == directory }) { return named.key }
    guard directory.hasPrefix(driveDirectory + "/") else { return nil }
    return DriveLetter(directory.dropFirst(driveDirectory.count + 1) + ":")
      .flatMap { drives[$0] == nil ? $0 : nil }
  }
}

/// Switches of the commands: the option setting file `iSMrpl.ini`.
/// - Source: seed manual 1.3.2, 3.1; the keys are this product's.
public struct CommandOptions: Hashable, Sendable {
  /// Whether disks with a GUID partition table may be operated.
  public var permitsGPT = false
  /// Whether disks with more than one partition may be operated.
  public var permitsPartitions = false
  /// Whether physical volumes of LVM and members of RAID may be operated.
  public var permitsMembers = false
  /// Seconds that commands wait for a volume list that is being made: 0…600.
  public var listWait = 10
  /// Seconds that commands wait for a device to appear or to go: 1…600.
  public var deviceWait = 30

  public init() {}
}

/// What is wrong with a line of a settings file.
public struct SettingsProblem: Hashable, Sendable {
  /// Counted from 1.
  public let line: Int
  public let reason: String
}

extension HostSettings {
  /// Reads `host.conf`. Lines that cannot be used are told and change nothing.
  public static func reading(_ text: String) -> (HostSettings, [SettingsProblem]) {
    var settings = HostSettings()
    let ini = INIText(text)
    var problems = ini.misfits.map { SettingsProblem(line: $0, reason: "no key = value") }
    for entry in ini.entries {
      if let reason = settings.take(entry) {
        problems.append(SettingsProblem(line: entry.line, reason: reason))
      }
    }
    return (settings, problems.sorted { $0.line < $1.line })
  }

  /// - Returns: why the entry cannot be used; nil if it can.
  private mutating func take(_ entry: INIText.Entry) -> String? {
    switch (entry.section, entry.key) {
    case ("drives", let key):
      guard let drive = DriveLetter(key + ":") else { return "\(key) is no drive letter" }
      guard let directory = Self.absolute(entry.value) else { return Self.noPath(entry) }
      drives[drive] = directory
    case ("host", "ld_set"): ldSet = entry.value
    case ("host", "transport"):
      guard entry.value == "auto" || DiskTransport(rawValue: entry.value) != nil
      else { return "\(entry.value) is none of auto, iscsi, nbd, fuse" }
      transport = DiskTransport(rawValue: entry.value)
    case ("host", "drive_directory"):
      guard let directory = Self.absolute(entry.value) else { return Self.noPath(entry) }
      driveDirectory = directory
    case ("host", "control_volume"):
      controlVolume = entry.value.isEmpty ? nil : entry.value
    case ("host", "tls_directory"):
      guard let directory = Self.absolute(entry.value) else { return Self.noPath(entry) }
      tlsDirectory = directory
    default: return "unknown key \(entry.key)"
    }
    return nil
  }

  private static func noPath(_ entry: INIText.Entry) -> String {
    "\(entry.key) needs an absolute path"
  }

  /// Without a slash at its end.
  private static func absolute(_ text: String) -> String? {
    guard text.hasPrefix("/"), text.count > 1 else { return nil }
    return text.hasSuffix("/") ? String(text.dropLast()) : text
  }
}

extension CommandOptions {
  /// Reads `iSMrpl.ini`. Lines that cannot be used are told and change nothing.
  public static func reading(_ text: String) -> (CommandOptions, [SettingsProblem]) {
    var options = CommandOptions()
    let ini = INIText(text)
    var problems = ini.misfits.map { SettingsProblem(line: $0, reason: "no key = value") }
    for entry in ini.entries {
      if let reason = options.take(entry) {
        problems.append(SettingsProblem(line: entry.line, reason: reason))
      }
    }
    return (options, problems.sorted { $0.line < $1.line })
  }

  private mutating func take(_ entry: INIText.Entry) -> String? {
    switch entry.key {
    case "permit_gpt": return Self.set(&permitsGPT, entry)
    case "permit_partitions": return Self.set(&permitsPartitions, entry)
    case "permit_members": return Self.set(&permitsMembers, entry)
    case "list_wait": return Self.set(&listWait, entry, 0...600)
    case "device_wait": return Self.set(&deviceWait, entry, 1...600)
    default: return "unknown key \(entry.key)"
    }
  }

  private static func set(_ flag: inout Bool, _ entry: INIText.Entry) -> String? {
    guard ["on", "off"].contains(entry.value) else { return "\(entry.key) is on or off" }
    flag = entry.value == "on"
    return nil
  }

  private static func set(
    _ number: inout Int, _ entry: INIText.Entry, _ range: ClosedRange<Int>
  ) -> String? {
    guard let value = Int(entry.value), range.contains(value) else {
      return "\(entry.key) is \(range.lowerBound) to \(range.upperBound)"
    }
    number = value
    return nil
  }
}
