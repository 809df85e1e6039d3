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
  /// Of every product.
  public var licences: [LicenceDocument]

  public init(
    status: StatusDocument, pools: [PoolDocument] = [], reserves: [ReserveDocument] = [],
    logicalDisks: [LogicalDiskDocument] = [], ldSets: [LDSetDocument] = [],
    hostPorts: [HostPortDocument] = [], licences: [LicenceDocument] = []
  ) {
    self.licences = licences
    self.status = status
    self.pools = pools
    self.reserves = reserves
    self.logicalDisks = logicalDisks
    self.ldSets = ldSets
    self.hostPorts = hostPorts
  }
}

/// How the array stands with a product.
public struct LicenceDocument: Codable, Hashable, Sendable {
  public var product: String
  /// `open`, `released`, `exceeded` or `missing`.
  public var state: String
  public var version: Int?
  /// Bytes of all pools together; nil for any, and without a licence.
  public var capacity: UInt64?

  public init(product: String, state: String, version: Int? = nil, capacity: UInt64? = nil) {
    self.product = product
    self.state = state
    self.version = version
    self.capacity = capacity
  }
}

/// Releases a product.
public struct LicenceRequest: Codable, Hashable, Sendable {
  public var key: String

  public init(key: String) { self.key = key }
}
