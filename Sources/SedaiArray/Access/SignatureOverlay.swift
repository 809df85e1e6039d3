import SedaiModel
import Synchronization

/// The four bytes that a volume shows instead of those in its image, for all who have it open.
final class SignatureOverlay: Sendable {
  /// The disk whose record keeps it: the link volume, or the base volume itself.
  let keeper: VolumeID
  private let value: Atomic<UInt32>

  init(keeper: VolumeID, signature: DiskSignature) {
    self.keeper = keeper
    value = Atomic(signature.rawValue)
  }

  var signature: DiskSignature {
    get { DiskSignature(value.load(ordering: .acquiring)) }
    set { value.store(newValue.rawValue, ordering: .releasing) }
  }
}
