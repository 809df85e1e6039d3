import SedaiAPI
import Testing

@Suite struct DiskSelectorTests {
  @Test(arguments: ["bv001", "LX:bv001", ":bv001", "number:31", "number:0"])
  func readsBackWhatItWrites(text: String) throws {
    #expect(try #require(DiskSelector(text)).text == text)
  }

  @Test func tellsTheFormsApart() {
    #expect(DiskSelector("number") == .name("number"))
    #expect(DiskSelector("number:7") == .number(7))
    #expect(DiskSelector(":vol1") == .fullName(osType: nil, name: "vol1"))
    #expect(DiskSelector("WG:vol1") == .fullName(osType: "WG", name: "vol1"))
  }

  @Test(arguments: [
    "", ":", "LX:", "number:", "number:x", "number:-1", "number:99999999999", "a b", "a.1",
    "LX:a:b", "L X:a", String(repeating: "a", count: 65),
  ])
  func refusesWhatNamesNothing(text: String) {
    #expect(DiskSelector(text) == nil)
  }
}
