import SedaiBytes
import SedaiEngine
public import SedaiModel
import SedaiMonitor

extension DiskArray {
  /// Releases a product; a later key for the same product takes the place of an earlier one.
  /// From the first key on, products without one are no longer free.
  public func releaseLicence(
    key: String, by requester: Requester
  ) throws(DiskArrayError) -> [LicenceFacts] {
    guard let licence = Licence(key: key) else {
      throw DiskArrayError(.invalidRequest, .invalidLicenceKey, ["key": .text(key)])
    }
    try perform(.releaseLicence, by: requester) { (state, change) throws(DiskArrayError) in
      change.put(licence)
      change.tell(.licenceReleased, ["product": .text(licence.product.name)], in: state)
    }
    return licences()
  }

  /// Every product, with its licence if it has one.
  public func licences() -> [LicenceFacts] {
    look { self.licenceFacts(in: $0) }
  }

  func licenceFacts(in state: ArrayState) -> [LicenceFacts] {
    LicensedProduct.allCases.map { product in
      LicenceFacts(
        product: product, licence: state.licences[product],
        state: licenceState(of: product, in: state))
    }
  }

  /// Refuses to build what the array has no licence for.
  /// - Source: features.md 1.4.1.
  func requireLicence(
    _ product: LicensedProduct, in state: ArrayState
  ) throws(DiskArrayError) {
    let standing = licenceState(of: product, in: state)
    guard !standing.permitsBuilding else { return }
    throw DiskArrayError(
      .stateConflict, standing == .missing ? .licenceMissing : .licenceExceeded,
      ["product": .text(product.name)])
  }

  /// Refuses a base volume that is a replication volume, without the licence for it.
  /// - Source: features.md 3.11(1)-a.
  func requireReplicaAsBase(in state: ArrayState) throws(DiskArrayError) {
    guard let licence = state.licences[.snapshots],
      licence.version < Licence.replicaAsBaseVersion
    else { return }
    throw DiskArrayError(
      .stateConflict, .licenceTooOld,
      [
        "product": .text(licence.product.name),
        "version": .count(UInt64(Licence.replicaAsBaseVersion)),
      ])
  }

  private func licenceState(
    of product: LicensedProduct, in state: ArrayState
  ) -> LicenceState {
    let chunks = state.pools.keys.reduce(UInt64(0)) { sum, pool in
      sum + (engine.capacity(of: pool)?.total ?? 0)
    }
    return LicenceState(
      of: product, in: state.licences, physicalCapacity: chunks * ChunkGeometry.chunkBytes)
  }
}

/// How the array stands with a product.
public struct LicenceFacts: Sendable, Hashable {
  public let product: LicensedProduct
  /// Nil without one.
  public let licence: Licence?
  public let state: LicenceState
}
