import Foundation
import SedaiAPI
import SedaiModel
import Testing

@testable import ism

/// A base volume with two snapshots, an emptied and a new generation, and two link volumes.
private func sampleFamily(_ subject: FamilySubject = .baseVolume) -> FamilyDocument {
  let bv = "base_01"
  return FamilyDocument(
    baseVolume: LogicalDiskDocument(
      name: bv, number: 0, kind: .base, osType: "LX", pool: "pool0", capacity: 1 << 30,
      state: "normal"),
    generations: [
      GenerationDocument(
        baseVolume: bv, name: "snap_02", absolute: 2, age: 1, osType: "LX", state: .active,
        createdAt: 1_769_850_900, isGuarded: true, exclusiveBytes: 50_896_912_384),
      GenerationDocument(
        baseVolume: bv, name: "snap_01", absolute: 1, age: 2, osType: "LX", state: .active,
        createdAt: 1_769_764_500, linkedTo: "link_01", exclusiveBytes: 65536),
      GenerationDocument(
        baseVolume: bv, name: "snap_03", absolute: 3, osType: "LX", state: .deleted),
      GenerationDocument(baseVolume: bv, name: "snap_04", absolute: 4, osType: "LX"),
    ],
    linkVolumes: [
      LinkVolumeDocument(
        name: "link_01", number: 9, baseVolume: bv, osType: "LX", linkedTo: "snap_01",
        access: .readOnly),
      LinkVolumeDocument(name: "link_02", number: 10, baseVolume: bv, osType: "LX"),
    ],
    subject: subject)
}

/// 1,769,850,900 seconds after 1970 are 2026/01/31 09:15:00 there.
private func utcClock() throws -> LocalClock {
  LocalClock(timeZone: try #require(TimeZone(secondsFromGMT: 0)))
}

@Suite struct QueryLayoutTests {
  private func layout() throws -> QueryLayout { QueryLayout(clock: try utcClock()) }

  @Test func summaryIsLaidOutInTheColumnsThatClientsCut() throws {
    let family = sampleFamily()
    #expect(
      try layout().summary(family, family.generations) == """
        BV Information
            LD Name      : base_01
            Type         : LX
            Special File : -
            State        : normal
            Reserve Area : -

        SV Information
          LX:snap_02                 ( -1) snap/active   [2026/01/31 09:15:00] unlink
          LX:snap_01                 ( -2) snap/active   [2026/01/30 09:15:00] link
          LX:snap_03                 (  -) snap/deleted  unlink
          LX:snap_04                 (  -) -             unlink

        """)
  }

  @Test func detailHasABlockPerGenerationAndTheLinkVolumeAfterItsOwn() throws {
    let family = sampleFamily()
    #expect(
      try layout().detail(family, Array(family.generations.prefix(3))) == """
        BV Information
            LD Name      : base_01
            Type         : LX
            Special File : -
            State        : normal
            Reserve Area : -

        Pair Information
            SV:LD Name              : snap_02
               Type                 : LX
               Generation(Attribute): -1(normal)
               Snap State           : snap/active        [2026/01/31 09:15:00]
               Create   Start Time  : 2026/01/31 09:15:00
               Processing Data Size : -
               Snapshot Data Size   : 47.4GB
               SV Guard             : on
               LV Link Status       : unlink
            SV:LD Name              : snap_01
               Type                 : LX
               Generation(Attribute): -2(normal)
               Snap State           : snap/active        [2026/01/30 09:15:00]
               Create   Start Time  : 2026/01/30 09:15:00
               Processing Data Size : -
               Snapshot Data Size   : 64.0KB
               SV Guard             : off
               LV Link Status       : link
            LV:LD Name              : link_01
               Type                 : LX
               LV Access            : ro
            SV:LD Name              : snap_03
               Type                 : LX
               Generation(Attribute): -(normal)
               Snap State           : snap/deleted
               Create   Start Time  : -
               Processing Data Size : -
               Snapshot Data Size   : -
               SV Guard             : off
               LV Link Status       : unlink

        """)
  }

  @Test func theNameStandsInColumns15To38OfTheFirstLineWithLDName() throws {
    var family = sampleFamily()
    family.baseVolume.name = "ABCDEFGHIJKLMNOPQRSTUVWX"
    let text = try layout().summary(family, family.generations)
    let line = try #require(text.split(separator: "\n").first { $0.contains("LD Name") })
    let trimmed = line.drop { $0 == " " }
    #expect(trimmed.dropFirst(15).prefix(24) == "ABCDEFGHIJKLMNOPQRSTUVWX")
  }

  @Test(arguments: GenerationState.allCases)
  func theStateWordFollowsTheOnlyParenthesisAndABlankFollowsIt(state: GenerationState) throws {
    var family = sampleFamily()
    family.generations = [
      GenerationDocument(
        baseVolume: "base_01", name: "ABCDEFGHIJKLMNOPQRSTUVWX", absolute: 1,
        age: state.holdsSnapshot ? 1000 : nil, osType: nil, state: state, createdAt: 0)
    ]
    let text = try layout().summary(family, family.generations)
    let pieces = text.components(separatedBy: ") ")
    #expect(pieces.count == 2)
    #expect(pieces[1].split(separator: " ", omittingEmptySubsequences: false)[0] == state.word)
    #expect(pieces[1].dropFirst(state.word.count).first == " ")
    #expect(pieces[0].hasSuffix("  -:ABCDEFGHIJKLMNOPQRSTUVWX(-1000") == state.holdsSnapshot)
  }

  @Test(arguments: [GenerationState.empty, .deleting, .deleted])
  func withoutASnapshotThereAreNoBrackets(state: GenerationState) throws {
    var family = sampleFamily()
    family.generations = [
      GenerationDocument(
        baseVolume: "base_01", name: "snap", absolute: 1, state: state, createdAt: 7)
    ]
    #expect(!(try layout().summary(family, family.generations)).contains("["))
    #expect(!(try layout().detail(family, family.generations)).contains("["))
  }

  @Test(arguments: GenerationState.allCases)
  func everyDetailBlockHasAStateAndNothingFollowsOneThatChanges(state: GenerationState) throws {
    var family = sampleFamily()
    family.generations = [
      GenerationDocument(
        baseVolume: "base_01", name: "snap", absolute: 1, state: state, createdAt: 7,
        remainingBytes: 1 << 20)
    ]
    let text = try layout().detail(family, family.generations)
    let line = try #require(text.split(separator: "\n").first { $0.contains("Snap State") })
    let value = line.dropFirst("           Snap State           : ".count - 4)
    #expect(value.hasPrefix(state.word))
    if state.word.hasSuffix("ing") { #expect(value == state.word) }
  }

  @Test func everyLabelIsFollowedByABlankAndAValue() throws {
    let family = sampleFamily()
    let text =
      try layout().detail(family, family.generations)
      + LinkInfoLayout().text(sampleFamily(.generation(absolute: 4)), withDestinations: false)
    for line in text.split(separator: "\n") where line.contains(" : ") {
      let value = line.components(separatedBy: " : ")[1]
      #expect(!value.isEmpty && value.last != " ", "\(line)")
    }
  }

  @Test(
    arguments: [
      (0, "0.0KB"), (1024, "1.0KB"), (1536, "1.5KB"), (1_048_575, "1023.9KB"),
      (1_048_576, "1.0MB"), (1_073_741_824, "1.0GB"), (70_368_744_177_664, "65536.0GB"),
    ] as [(UInt64, String)])
  func sizesCountIn1024(bytes: UInt64, text: String) {
    #expect(QueryLayout.size(bytes) == text)
  }
}

@Suite struct SelectionTests {
  @Test func namingASnapshotVolumeShowsItsRowOnly() throws {
    let family = sampleFamily(.generation(absolute: 1))
    let rows = try Session.selected(
      family, base: .name("base_01"), snapshot: .name("snap_01"))
    #expect(rows.map(\.name) == ["snap_01"])
  }

  @Test func aVolumeOfAnotherKindOrBaseIsRefused() {
    #expect(throws: Problem.self) {
      try Session.selected(sampleFamily(.baseVolume), base: nil, snapshot: .name("base_01"))
    }
    #expect(throws: Problem.self) {
      try Session.selected(
        sampleFamily(.generation(absolute: 1)), base: .name("snap_01"), snapshot: nil)
    }
    #expect(throws: Problem.self) {
      try Session.selected(
        sampleFamily(.generation(absolute: 1)), base: .name("other"), snapshot: .name("snap_01"))
    }
    #expect(throws: Problem(.noGenerationBuilt, ["bv": .text("base_01")])) {
      var plain = sampleFamily(.baseVolume)
      plain.generations = []
      _ = try Session.selected(plain, base: .name("base_01"), snapshot: nil)
    }
  }
}

@Suite struct LinkInfoLayoutTests {
  @Test func aSnapshotVolumeIsShownWithTheLinkVolumesOfItsBase() {
    #expect(
      LinkInfoLayout().text(sampleFamily(.generation(absolute: 1)), withDestinations: true) == """

        Specified Volume Information
        SV:LD Name      : snap_01
           Type         : LX
           Special File : -
           State        : link   (link_01)
           Mode         : nr

        Destination Volume Information
            LV:link_01                  LX link   (snap_01)                 ro
            LV:link_02                  LX unlink (-)                       nr

        """)
  }

  @Test func aLinkVolumeIsShownWithWhatItCouldShow() {
    #expect(
      LinkInfoLayout().text(
        sampleFamily(.linkVolume(name: "link_02")), withDestinations: true) == """

          Specified Volume Information
          LV:LD Name      : link_02
             Type         : LX
             Special File : -
             State        : unlink
             Mode         : nr

          Destination Volume Information
              BV:base_01                  LX unlink (-)                       rw
              SV:snap_02                  LX unlink (-)                       nr
              SV:snap_01                  LX link   (link_01)                 nr
              SV:snap_03                  LX unlink (-)                       nr
              SV:snap_04                  LX unlink (-)                       nr

          """)
  }

  @Test func aRowHasOneColonAndTheWordLinkOnlyIfLinked() {
    let text = LinkInfoLayout().text(sampleFamily(.baseVolume), withDestinations: true)
    let rows = text.split(separator: "\n").filter { $0.hasPrefix("    LV:") }
    #expect(rows.count == 2)
    for row in rows {
      #expect(row.split(separator: ":").count == 2)
      let words = row.split(separator: " ")
      #expect(words.contains("link") == row.contains("link_01"))
    }
  }

  @Test func longNamesKeepABlankBetweenTheColumns() {
    var family = sampleFamily(.baseVolume)
    family.linkVolumes[0].linkedTo = "ABCDEFGHIJKLMNOPQRSTUVWX"
    let text = LinkInfoLayout().text(family, withDestinations: true)
    #expect(text.contains("(ABCDEFGHIJKLMNOPQRSTUVWX) ro\n"))
  }
}

@Suite struct CreateLayoutTests {
  @Test func showsWhereTheSnapshotIs() throws {
    let layout = CreateLayout(clock: try utcClock())
    #expect(
      layout.text(sampleFamily().generations[0]) == """
           BV:base_01                  LX
              Special File : -
           SV:snap_02                  LX
              Generation : -1
              Status     : snap/active [2026/01/31 09:15:00]

        """)
  }
}

@Suite struct MessageLineTests {
  @Test func hasTheFormThatClientsLookFor() {
    #expect(
      MessageLine("iSMsc_unlink", .unlinkEnded).text
        == "iSMsc_unlink:Info: iSM20030: iSMsc_unlink has normally terminated.")
    #expect(
      MessageLine(
        "iSMsc_link", Problem(.snapshotAlreadyLinked, ["sv": .text("s"), "lv": .text("l")])
      )
      .text == "iSMsc_link:Error: iSM20402: Snapshot volume s is linked to l.")
  }
}
