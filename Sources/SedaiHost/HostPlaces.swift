/// Where a host keeps what it knows of its disks.
public struct HostPlaces: Hashable, Sendable {
  /// Stands before every path; empty on a host, a directory in a trial.
  public let root: String

  public init(root: String = "") { self.root = root }

  /// Those of this process: `SEDAI_HOST_ROOT` stands before every path.
  public init(environment: [String: String]) {
    let root = environment["SEDAI_HOST_ROOT"] ?? ""
    self.root = root.hasSuffix("/") ? String(root.dropLast()) : root
  }

  /// Its being there makes the machine a host.
  public var configuration: String { root + "/etc/sedai/host.conf" }
  public var options: String { root + "/etc/sedai/iSMrpl.ini" }
  /// Attachments that are made again after a start.
  public var persistentAttachments: String { root + "/etc/sedai/attachments" }
  /// Attachments as they are; forgotten with the next start.
  public var attachments: String { root + "/run/sedai-host/attachments" }
  /// Files of processes that hold a connection, a directory each.
  public var connections: String { root + "/run/sedai-host/connections" }
  public var lock: String { root + "/run/sedai-host/volumes.lock" }
  /// What was shown by link volumes when they were mounted.
  public var mounted: String { root + "/run/sedai-host/mounted" }
  public var volumeList: String { root + "/var/lib/sedai-host/volumes.json" }
  /// Restores under way.
  public var restores: String { root + "/var/lib/sedai-host/restores" }
}
