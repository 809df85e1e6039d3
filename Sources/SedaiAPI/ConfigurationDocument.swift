/// Everything that is configured, of one version of the catalogue: whatever a part of it speaks
/// of is in it too.
public struct ConfigurationDocument: Codable, Hashable, Sendable {
  public var status: StatusDocument
  /// By number.
  public var pools: [PoolDocument]
  /// Of those pools that have one, in their order.
  public var reserves: [ReserveDocument]
  /// By number, then those without one.
  public var logicalDisks: [LogicalDiskDocument]
  /// By name.
  public var ldSets: [LDSetDocument]
  /// By number.
  public var hostPorts: [HostPortDocument]

  public init(
    status: StatusDocument, pools: [PoolDocument] = [], reserves: [ReserveDocument] = [],
    logicalDisks: [LogicalDiskDocument] = [], ldSets: [LDSetDocument] = [],
    hostPorts: [HostPortDocument] = []
  ) {
    self.status = status
    self.pools = pools
    self.reserves = reserves
    self.logicalDisks = logicalDisks
    self.ldSets = ldSets
    self.hostPorts = hostPorts
  }
}
