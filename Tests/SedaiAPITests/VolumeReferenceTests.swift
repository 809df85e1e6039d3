import SedaiAPI
import Testing

@Suite struct VolumeReferenceTests {
  @Test(arguments: ["bv001", "a", "A_9", "bv001.-1", "bv001.-42", "bv001.7", "0.1"])
  func readsBackWhatItWrites(text: String) throws {
    let reference = try #require(VolumeReference(text))
    #expect(reference.text == text)
  }

  @Test func tellsTheThreeFormsApart() {
    #expect(VolumeReference("bv") == .name("bv"))
    #expect(VolumeReference("bv.-2") == .relativeGeneration(baseVolume: "bv", age: 2))
    #expect(VolumeReference("bv.2") == .absoluteGeneration(baseVolume: "bv", number: 2))
  }

  @Test(arguments: [
    "", ".", ".-1", "bv.", "bv.-", "bv.-0", "bv.0", "bv.01", "bv.+1", "bv.--1", "bv.1.2",
    "bv.-99999999999", "bv.99999999999999999999", "b v", "b/v", "bv.x", "日本",
    String(repeating: "a", count: 65),
  ])
  func refusesWhatNamesNothing(text: String) {
    #expect(VolumeReference(text) == nil)
  }
}
