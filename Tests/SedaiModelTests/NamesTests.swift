import SedaiModel
import Testing

@Suite struct NamesTests {
  @Test(arguments: ["a", "A_1", "__ControlVolume_1fh", String(repeating: "x", count: 24)])
  func `a disk name of letters, digits and underscores is accepted as typed`(text: String) {
    #expect(LogicalDiskName(text)?.rawValue == text)
  }

  @Test(arguments: ["", "a b", "a.b", "ä", "a-b", ":a", String(repeating: "x", count: 25)])
  func `anything else is no disk name`(text: String) {
    #expect(LogicalDiskName(text) == nil)
  }

  @Test func `names that differ in case only are different`() {
    #expect(LogicalDiskName("ab") != LogicalDiskName("aB"))
  }

  @Test func `generations built together are numbered with two digits or more`() throws {
    let name = try #require(LogicalDiskName("sv001"))
    #expect(name.numbered(1)?.rawValue == "sv001_01")
    #expect(name.numbered(99)?.rawValue == "sv001_99")
    #expect(name.numbered(100)?.rawValue == "sv001_100")
    #expect(LogicalDiskName(String(repeating: "x", count: 22))?.numbered(1) == nil)
  }

  @Test(arguments: [(0, "0000h"), (42, "002ah"), (4095, "0fffh"), (65536, "10000h")])
  func `numbers show at least four hexadecimal digits`(number: UInt32, text: String) {
    #expect(LogicalDiskNumber(number).description == text)
    #expect(LogicalDiskNumber(parsing: text) == LogicalDiskNumber(number))
    #expect(LogicalDiskNumber(parsing: String(number)) == LogicalDiskNumber(number))
  }

  @Test(arguments: ["", "h", "-1", "+1", "2a", "+1h", "4294967296"])
  func `what is no number is refused`(text: String) {
    #expect(LogicalDiskNumber(parsing: text) == nil)
  }

  @Test(arguments: [
    ("LX:vol1", "LX:vol1"), (":vol1", "-:vol1"), ("  :vol1", "-:vol1"), ("-:vol1", "-:vol1"),
    ("WN:a", "WN:a"),
  ])
  func `full names carry the type, or none`(text: String, shown: String) {
    #expect(FullName(parsing: text)?.description == shown)
  }

  @Test(arguments: ["vol1", "XX:vol1", "lx:vol1", "LX:", "LX:a:b"])
  func `what is no full name is refused`(text: String) {
    #expect(FullName(parsing: text) == nil)
  }
}

@Suite struct GenerationReferenceTests {
  private var base: DiskReference {
    get throws { .name(try #require(LogicalDiskName("bv001"))) }
  }

  @Test(arguments: [
    (".-1", GenerationReference.relative(age: 1)), (".-12", .relative(age: 12)),
    (".3", .absolute(number: 3)),
  ])
  func `places are relative or absolute`(text: String, expected: GenerationReference) {
    #expect(GenerationReference(parsing: text) == expected)
    #expect(expected.description == text)
  }

  @Test(arguments: ["", ".", ".-", ".0", ".-0", "-1", "1", ".+1", ".--1", ".1a", ".-1 "])
  func `what is no place is refused`(text: String) {
    #expect(GenerationReference(parsing: text) == nil)
  }

  @Test func `a snapshot is named by itself, by place, or by base volume and place`() throws {
    let base = try base
    let name = try #require(LogicalDiskName("sv001_1"))
    #expect(SnapshotReference(parsing: "sv001_1") == .disk(.name(name)))
    #expect(
      SnapshotReference(parsing: ".-1", base: base) == .generation(of: base, .relative(age: 1)))
    #expect(
      SnapshotReference(parsing: "bv001.-1") == .generation(of: base, .relative(age: 1)))
    #expect(
      SnapshotReference(parsing: "bv001.2") == .generation(of: base, .absolute(number: 2)))
  }

  @Test(arguments: [".-1", "bv001.", "bv001.-", "a.b.-1", "", "bv 1.-1"])
  func `a place without base volume, or a broken one, is refused`(text: String) {
    #expect(SnapshotReference(parsing: text) == nil)
  }
}
