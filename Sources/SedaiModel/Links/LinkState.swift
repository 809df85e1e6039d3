/// What a host may do with a linked volume.
/// - Source: seed manual table 3-2.
public enum AccessMode: String, CaseIterable, Sendable {
  case readWrite = "rw"
  case readOnly = "ro"
  /// The device exists and every access fails.
  case notReady = "nr"
  /// The host does not see the device at all.
  case notAvailable = "na"

  /// Whether reads are answered.
  public var isReadable: Bool { self == .readWrite || self == .readOnly }
}

/// What a link volume shows.
public enum LinkTarget: Hashable, Sendable {
  case snapshot(VolumeID)
  case base(VolumeID)

  /// The volume that is shown.
  public var volume: VolumeID {
    switch self {
    case .snapshot(let volume), .base(let volume): volume
    }
  }
}

/// Whether a link volume shows something, and what.
/// - Source: states.md 3.
public enum LinkState: Hashable, Sendable {
  case unlinked
  case linked(LinkTarget, AccessMode)

  /// The word that commands print.
  public var text: String {
    switch self {
    case .unlinked: "unlink"
    case .linked: "link"
    }
  }

  /// What is shown; nil if unlinked.
  public var target: LinkTarget? {
    switch self {
    case .unlinked: nil
    case .linked(let target, _): target
    }
  }

  /// What the host gets: an unlinked volume is not ready.
  public var access: AccessMode {
    switch self {
    case .unlinked: .notReady
    case .linked(_, let access): access
    }
  }
}
