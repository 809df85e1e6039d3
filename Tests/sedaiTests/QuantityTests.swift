import ArgumentParser
import SedaiAPI
import Testing

@testable import sedai

@Suite struct ByteSizeTests {
  @Test(
    arguments: [
      ("0", 0), ("512", 512), ("1k", 1024), ("4KiB", 4096), ("10M", 10 << 20), ("4GiB", 4 << 30),
      ("4gb", 4 << 30), ("64TiB", 64 << 40),
    ] as [(String, UInt64)])
  func readsWhatPeopleType(text: String, bytes: UInt64) {
    #expect(ByteSize(argument: text)?.bytes == bytes)
  }

  @Test(arguments: ["", "G", "-1", "1.5G", "1PB", "4 GiB", "99999999999T", "٣"])
  func refusesTheRest(text: String) {
    #expect(ByteSize(argument: text) == nil)
  }
}

@Suite struct ShownTests {
  @Test(
    arguments: [
      (0, "0B"), (1023, "1023B"), (1024, "1KiB"), (1536, "1.5KiB"), (1 << 30, "1GiB"),
      ((1 << 30) + 1, "1.0GiB"), (64 << 40, "64TiB"), (UInt64.max, "16777215.9TiB"),
    ] as [(UInt64, String)])
  func bytesInTheLargestUnit(bytes: UInt64, text: String) {
    #expect(Shown.bytes(bytes) == text)
  }

  @Test func aLittleIsNotNothing() {
    #expect(Shown.percent(0, of: 100) == "0%")
    #expect(Shown.percent(1, of: 1_000_000) == "1%")
    #expect(Shown.percent(1, of: 0) == "-")
    #expect(Shown.percent(75, of: 100) == "75%")
  }

  @Test func durationsInTwoUnitsAtMost() {
    #expect(Shown.duration(4) == "4s")
    #expect(Shown.duration(123) == "2m03s")
    #expect(Shown.duration(3720) == "1h02m")
  }

  @Test func numbersAsOperatorsKnowThem() {
    #expect(Shown.number(42) == "002ah")
    #expect(Shown.number(0x12345) == "12345h")
    #expect(Shown.number(nil) == nil)
  }
}

@Suite struct TableTests {
  @Test func columnsAreAsWideAsTheirWidestWordAndRowsEndWithoutBlanks() {
    var table = Table(("NAME", .left), ("SIZE", .right), ("STATE", .left))
    table.add("a", "1GiB", "ready")
    table.add("longer", "10GiB", nil)
    table.add("", "0B", "x")
    #expect(
      table.text == """
        NAME     SIZE  STATE
        a        1GiB  ready
        longer  10GiB  -
        -          0B  x

        """)
  }

  @Test func sheetsAlignTheirColons() {
    var sheet = Sheet()
    sheet.add("Pool", "p")
    sheet.add("Capacity", nil)
    #expect(sheet.text == "Pool     : p\nCapacity : -\n")
  }
}

@Suite struct ProgressBarTests {
  private func job(_ done: UInt64, _ total: UInt64, _ state: JobState = .running) -> JobDocument {
    JobDocument(
      id: 3, kind: "reclaim", volume: "bv", state: state, done: done, estimatedTotal: total,
      secondsLeft: 61, startedAt: 0)
  }

  @Test func showsHowFarAndHowLong() {
    #expect(
      ProgressBar.text(job(50, 100))
        == "job 3 reclaim of bv [###############...............] 50% running, 1m01s left")
  }

  @Test func isFullOnlyWhenTheJobIsOver() {
    #expect(ProgressBar.text(job(120, 100)).contains("99%"))
    #expect(ProgressBar.text(job(7, 100, .ended)).contains("100% ended"))
    #expect(ProgressBar.text(job(0, 0)).contains(" 0% running"))
  }
}

@Suite struct CommandLineTests {
  @Test func aFileForAPoolIsAPathAndASize() throws {
    let file = try #require(PoolCommand.NewFile(argument: "/a:b/c:4GiB"))
    #expect(file.path == "/a:b/c")
    #expect(file.size.bytes == 4 << 30)
    #expect(PoolCommand.NewFile(argument: "4GiB") == nil)
    #expect(PoolCommand.NewFile(argument: ":4GiB") == nil)
  }

  @Test(arguments: [
    ["status", "--json"], ["pool"], ["pool", "create", "p", "--file", "/x:1GiB"],
    ["sra", "create", "p", "1GiB"], ["sra", "usage", "p", "--json"],
    ["sra", "set", "p", "--policy", "keep-generations"],
    ["ld", "create", "bv1", "4GiB", "--pool", "p", "--type", "LX"],
    ["ld", "create", "cv1", "--pool", "p", "--control"], ["ld", "diff", "bv1.-2", "bv1.-1"],
    ["ld", "space", "bv1.-1", "bv1.3"],
    ["generation", "create", "bv1", "bv2"], ["generation", "create", "bv1", "--into", "sv1"],
    ["generation", "delete", "bv1", "--auto"], ["generation", "restore", "bv1", "bv1.-1"],
    ["lv", "link", "lv1", "bv1.-1", "--access", "ro"], ["ldset", "assign", "h", "bv1"],
    ["job", "watch"], ["job", "limit", "3", "0"], ["event", "list", "--limit", "5"],
    ["message", "iSM19412"], ["message", "19412", "--json"],
  ])
  func takes(words: [String]) throws {
    _ = try Sedai.parseAsRoot(words)
  }

  @Test(arguments: [
    ["pool", "create", "p"], ["ld", "create", "bv1", "--pool", "p"],
    ["ld", "create", "cv1", "1GiB", "--pool", "p", "--control"],
    ["generation", "create", "a", "b", "--into", "sv"],
    ["generation", "delete", "bv1"], ["generation", "delete", "bv1", "sv1", "--auto"],
    ["sra", "set", "p"], ["event", "list", "--limit", "0"],
    ["message", "iSM"], ["message", "iSMx"], ["ld", "diff", "a/b", "c"],
    ["lv", "link", "lv1", "sv1", "--access", "rx"],
  ])
  func refuses(words: [String]) {
    #expect(throws: (any Error).self) { try Sedai.parseAsRoot(words) }
  }
}
