/// What initiators have agreed on about a disk by persistent reservations, as it survives a
/// power cut if they want that.
public struct UnitReservations: Hashable, Sendable {
  /// In the order in which they came.
  public var registrations: [Registration]
  public var held: Held?

  public struct Registration: Hashable, Sendable {
    /// Names of the initiator's and the target's port.
    public let initiator: String
    public let target: String
    public let key: UInt64

    public init(initiator: String, target: String, key: UInt64) {
      self.initiator = initiator
      self.target = target
      self.key = key
    }
  }

  public struct Held: Hashable, Sendable {
    /// The type code of SPC-4 §6.15.3.4.
    public let kind: UInt8
    /// Whose registration it is; nil where all registrants hold it.
    public let holder: Int?

    public init(kind: UInt8, holder: Int?) {
      self.kind = kind
      self.holder = holder
    }
  }

  public init(registrations: [Registration], held: Held?) {
    self.registrations = registrations
    self.held = held
  }
}
