public import SedaiArray

extension Volume: NBDVolume {}

extension DiskArray: NBDExportDirectory {
  public func openVolume(export name: String, for peer: Peer) -> (any NBDVolume)? {
    open(export: name, for: peer)
  }
}
