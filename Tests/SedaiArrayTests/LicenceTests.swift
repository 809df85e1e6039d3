import SedaiArray
import SedaiModel
import Testing

@Suite struct ArrayLicenceTests {
  private func release(
    _ rig: Rig, _ product: LicensedProduct, tebibytes: UInt64?
  ) throws {
    let licence = Licence(product: product, version: 3, capacity: tebibytes.map { $0 << 40 })
    _ = try rig.array.releaseLicence(key: licence.key, by: Rig.administrator)
  }

  @Test func `an array that outgrew its licence builds nothing new and goes on working`() throws {
    let rig = try Rig()
    try rig.makeFamily(generations: 2)
    try rig.create("sv_01")
    try release(rig, .replication, tebibytes: nil)
    func state() -> LicenceState? { rig.array.licences().first?.state }
    #expect(state() == .missing)
    for _ in 0..<2 {
      #expect(refusal { try rig.addGenerations(1, to: "bv", name: "more") } == .licenceMissing)
      #expect(refusal { try rig.addLink("more", to: "bv") } == .licenceMissing)
      try rig.reopen()
    }
    try rig.create("sv_02")
    try rig.delete("sv_01")
    try release(rig, .snapshots, tebibytes: 1)
    #expect(state() == .released)
    try rig.addGenerations(1, to: "bv", name: "more")
    #expect(
      refusal {
        _ = try rig.array.releaseLicence(key: "DSV-V3-1TB-00", by: Rig.administrator)
      } == .invalidLicenceKey)
    try rig.reopen()
    #expect(state() == .released)
  }
}
