import SedaiModel
import Testing

@Suite struct LicenceTests {
  @Test func `a key is read back whatever its case`() throws {
    for product in LicensedProduct.allCases {
      for capacity in [nil, UInt64(1) << 40, 10 << 40, 999_999 << 40] {
        let licence = Licence(product: product, version: 3, capacity: capacity)
        #expect(Licence(key: licence.key) == licence)
        #expect(Licence(key: licence.key.lowercased()) == licence)
      }
    }
  }

  @Test func `a slip of one character, or two that changed places, is found`() throws {
    let key = Array(Licence(product: .snapshots, version: 3, capacity: 10 << 40).key)
    for place in key.indices where key[place] != "-" {
      for digit in "0123456789" where digit != key[place] {
        var wrong = key
        wrong[place] = digit
        #expect(Licence(key: String(wrong)) == nil, "\(String(wrong))")
      }
    }
    for place in key.indices.dropLast() where key[place] != key[place + 1] {
      var wrong = key
      wrong.swapAt(place, place + 1)
      #expect(Licence(key: String(wrong)) == nil, "\(String(wrong))")
    }
    for text in ["", "DSV", "DSV-V3-10TB", "DSV-V3-0TB-00", "XXX-V3-10TB-00", "DSV-V0-ANY-00"] {
      #expect(Licence(key: text) == nil)
    }
  }

  @Test func `without any licence all is open, with one the others are missing`() {
    let small = Licence(product: .snapshots, version: 3, capacity: 1 << 40)
    func state(_ product: LicensedProduct, _ all: [Licence], _ bytes: UInt64) -> LicenceState {
      LicenceState(
        of: product,
        in: Dictionary(all.map { ($0.product, $0) }, uniquingKeysWith: { $1 }),
        physicalCapacity: bytes)
    }
    #expect(state(.snapshots, [], .max) == .open)
    #expect(state(.snapshots, [small], 1 << 40) == .released)
    #expect(state(.snapshots, [small], 1 << 40 + 1) == .exceeded)
    #expect(state(.replication, [small], 0) == .missing)
    #expect(LicenceState.allCases.filter(\.permitsBuilding) == [.open, .released])
  }
}
