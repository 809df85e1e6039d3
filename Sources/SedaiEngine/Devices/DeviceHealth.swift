/// How a device has fared since it was opened.
public struct DeviceHealth: Hashable, Sendable {
  /// Calls that failed; never falls.
  public var failures: UInt64
  public var damage: DeviceDamage?

  public init(failures: UInt64 = 0, damage: DeviceDamage? = nil) {
    self.failures = failures
    self.damage = damage
  }
}

/// What somebody did to a file while it was in use.
public enum DeviceDamage: String, Hashable, Sendable {
  /// It has no name any more: what is in it is gone as soon as it is closed.
  case removed
  /// It is not at its path any more, so that the next opening will not find it there.
  case moved
  /// Part of it was cut off or punched out.
  case shortened

  /// Whether something is lost that a later repair of the path cannot bring back.
  public var losesContent: Bool { self != .moved }
}

extension BlockDevice {
  /// A device that cannot tell is well.
  public func health() -> DeviceHealth { DeviceHealth() }
}
