import SedaiAPI
import SedaiModel
import Testing

@testable import ism

@Suite struct CommandWordsTests {
  /// Reads a line as a person types it; no argument of these tests holds a blank.
  private func read(_ line: String) throws(UsageError) -> CommandWords {
    let words = line.split(separator: " ").map(String.init)
    switch Invocation(arguments: words) {
    case .command(let command, let words):
      return try CommandWords(command.syntax, words: words)
    default:
      throw .unknown(words[0])
    }
  }

  private func refusal(_ line: String) -> UsageError? {
    do throws(UsageError) {
      _ = try read(line)
      return nil
    } catch {
      return error
    }
  }

  @Test func aVolumeNameWithoutItsBackslashesIsShownAsItHasToBeTyped() {
    let name = "Volume{2a3b4c5d-6e7f-8809-8400-000000000400}"
    let refused = refusal("iSMrc_flush -mvol \\?\(name)")
    #expect(refused?.messageID == .mangledVolumeName)
    #expect(refused?.arguments["right"] == .text("'\\\\?\\\(name)\\'"))
  }

  @Test(arguments: [
    "iSMsc_create -bv bv001 -bvflg ld -sv sv001_1 -svflg ld",
    "iSMsc_create -bv bv001 -sv sv001 -bvflg ld -svflg ld",
    "iSMsc_create -bv bv001 -bvflg ld -cyclic",
    "iSMrc_flush -drv G:",
    "iSMrc_umount -drv G: -force",
    "iSMrc_umount -vol bv001 -volflg ld -offline",
    "iSMrc_mount -drv g:",
    "iSMrc_mount -mvol Volume{2a3b4c5d-6e7f-8809-8400-000000000400} -drv H:",
    "iSMrc_mount -vol bv001 -volflg ld -path /srv/x -o ro,noatime",
    "iSMrc_scan",
    "iSMvollist -a --json",
    "iSMsc_delete -bv bv001 -bvflg ld -auto",
    "iSMsc_delete -bv BV -bvflg ld -sv SV -svflg ld",
    "iSMsc_restore -bv bv001 -bvflg ld -sv .-1 -svflg relgen -nowait",
    "iSMsc_restore -bv BV -bvflg ld -sv SV -svflg ld -derivsv keep -nowait",
    "iSMsc_query -bv BV -bvflg ld -sv SV -svflg ld -summary",
    "iSMsc_query -sv SV -svflg ld -summary",
    "iSMsc_query -sv SV -svflg ld",
    "iSMsc_query -bv BV -bvflg ld -detail",
    "iSMsc_link -lv lv001 -lvflg ld -sv bv001.-1 -svflg ld.relgen",
    "iSMsc_link -lv LV -lvflg ld -sv SV -svflg ld -lvacc ro",
    "iSMsc_link -lv LV -sv SV -lvflg ld -svflg ld",
    "iSMsc_link -lv lv001 -lvflg ld -bv bv001 -bvflg ld",
    "iSMsc_unlink -lv lv001 -lvflg ld -sv sv001_1 -svflg ld",
    "iSMsc_unlink -lv LV -lvflg ld",
    "iSMsc_linkinfo -vol SV -volflg ld -lcl",
    "iSMsc_wait -cond active -bv bv001 -bvflg ld -sv .-1 -svflg relgen",
    "iSMsc_wait -cond deleted -bv bv001 -bvflg ld -sv sv1 -svflg ld -time 30",
    "iSMsc_svguard -bv bv001 -bvflg ld -sv .-1 -svflg relgen -mode set",
    "iSMsc_svguard -bv bv001 -bvflg ld -sv .3 -svflg absgen -mode cancel",
  ])
  func takesTheLinesOfTheManualAndOfManagementSoftware(line: String) {
    #expect(refusal(line) == nil)
  }

  @Test func completesAPlaceWithTheBaseVolume() throws {
    let line = try read("iSMsc_wait -cond active -sv .-2 -svflg relgen -bv b -bvflg ld")
    #expect(line.volume(.snapshot) == .relativeGeneration(baseVolume: "b", age: 2))
    #expect(line.volume(.base) == .name("b"))
    let absolute = try read("iSMsc_query -bv b -bvflg ld -sv .3 -svflg absgen")
    #expect(absolute.volume(.snapshot) == .absoluteGeneration(baseVolume: "b", number: 3))
  }

  @Test(arguments: [
    ("iSMsc_create -bv b -bvflg ld -cyclic -now", UsageError.unknown("-now")),
    ("iSMsc_create b -cyclic", .unknown("b")),
    ("iSMsc_create -bv b -bv c -bvflg ld -cyclic", .repeated("-bv")),
    ("iSMsc_create -bv -bvflg ld -cyclic", .missingValue("-bv")),
    ("iSMsc_create -bvflg ld -cyclic -bv", .missingValue("-bv")),
    ("iSMsc_create -bv b -cyclic", .missing("-bvflg")),
    ("iSMsc_create -bvflg ld -cyclic", .missing("-bv")),
    ("iSMsc_create -bv b -bvflg ld", .missing("-sv | -cyclic")),
    ("iSMsc_create -cyclic", .missing("-bv")),
    ("iSMsc_create -bv b -bvflg ld -sv s -svflg ld -cyclic", .excluding("-sv", "-cyclic")),
    ("iSMsc_create -bv b -bvflg drv -cyclic", .invalid("drv", of: "-bvflg")),
    ("iSMsc_create -bv LX:b -bvflg ld -cyclic", .invalid("LX:b", of: "-bv")),
    (
      "iSMsc_create -bv abcdefghijklmnopqrstuvwxy -bvflg ld -cyclic",
      .invalid("abcdefghijklmnopqrstuvwxy", of: "-bv")
    ),
    ("iSMsc_delete -bv b -bvflg ld -sv .1 -svflg relgen", .invalid(".1", of: "-sv")),
    ("iSMsc_delete -bv b -bvflg ld -sv .-0 -svflg relgen", .invalid(".-0", of: "-sv")),
    ("iSMsc_delete -bv b -bvflg ld -sv c.-1 -svflg relgen", .invalid("c.-1", of: "-sv")),
    ("iSMsc_delete -bv b -bvflg ld -sv .-1 -svflg ld.relgen", .invalid(".-1", of: "-sv")),
    ("iSMsc_query -summary", .missing("-bv | -sv")),
    ("iSMsc_query -sv s -svflg ld -summary -detail", .excluding("-summary", "-detail")),
    ("iSMsc_query -sv .-1 -svflg relgen", .missing("-bv")),
    ("iSMsc_link -lv l -lvflg ld -sv .-1 -svflg relgen", .invalid("relgen", of: "-svflg")),
    (
      "iSMsc_link -lv l -lvflg ld -sv s -svflg ld -bv b -bvflg ld", .excluding("-sv", "-bv")
    ),
    ("iSMsc_link -lv l -lvflg ld -sv s -svflg ld -lvacc x", .invalid("x", of: "-lvacc")),
    ("iSMsc_unlink", .missing("-lv")),
    ("iSMsc_unlink -lv l -lvflg ld -sv s", .missing("-svflg")),
    ("iSMsc_wait -bv b -bvflg ld -sv s -svflg ld", .missing("-cond")),
    (
      "iSMsc_wait -cond active -bv b -bvflg ld -sv s -svflg ld -time 1s",
      .invalid("1s", of: "-time")
    ),
    (
      "iSMsc_wait -cond active -bv b -bvflg ld -sv s -svflg ld -time 99999999",
      .invalid("99999999", of: "-time")
    ),
    ("iSMsc_svguard -bv b -bvflg ld -sv s -svflg ld", .missing("-mode")),
    ("iSMrc_flush", .missing("-drv | -mvol | -path | -vol")),
    ("iSMrc_flush -drv G", .invalid("G", of: "-drv")),
    ("iSMrc_flush -mvol Volume{1}", .invalid("Volume{1}", of: "-mvol")),
    ("iSMrc_umount -drv G: -force -offline", .excluding("-force", "-offline")),
    ("iSMrc_umount -drv G: -path /srv", .excluding("-drv", "-path")),
  ])
  func saysWhatIsWrongWithALine(line: String, expected: UsageError) {
    #expect(refusal(line) == expected)
  }
}

@Suite struct RandomLineTests {
  /// Words of every kind, put together without regard for any rule.
  private static let values = [
    "ld", "relgen", "absgen", "ld.relgen", "ld.absgen", "bv", "bv.-1", ".-1", ".3", "bv.3", "-",
    "", ".", "rw", "active", "set", "keep", "30", "99999999999999999999", "-1", "日本", "a b",
  ]

  @Test(arguments: Tool.all.flatMap(\.commands))
  func whatIsAcceptedNamesEveryVolumeItHasToAndTheRestIsRefused(command: Command) {
    let seed = UInt64.random(in: .min ... .max)
    var random = Seeded(state: seed)
    let options = command.syntax.clauses.flatMap(\.optionNames)
    var accepted = 0
    for _ in 0..<2_000 {
      var words: [String] = []
      for option in options.shuffled(using: &random) where Bool.random(using: &random) {
        words.append(option)
        if let value = Self.values.randomElement(using: &random) { words.append(value) }
        if random.next() % 8 == 0 { words.removeLast() }
      }
      guard let line = try? CommandWords(command.syntax, words: words) else { continue }
      accepted += 1
      for role in VolumeRole.allCases where line.has(role.option) {
        #expect(line.volume(role) != nil, "seed \(seed): \(words)")
        #expect(line.has(role.flagOption), "seed \(seed): \(words)")
      }
    }
    #expect(accepted < 2_000 || options.isEmpty, "seed \(seed)")
  }

  /// A small generator whose sequence is known from its seed.
  private struct Seeded: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
      state &+= 0x9E37_79B9_7F4A_7C15
      var mixed = state
      mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
      mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
      return mixed ^ (mixed >> 31)
    }
  }
}

@Suite struct InvocationTests {
  @Test func takesTheCommandFromTheNameItWasCalledBy() {
    guard
      case .command(let command, let words) = Invocation(arguments: [
        "/opt/sedai/bin/iSMsc_query", "-sv", "s", "-svflg", "ld",
      ])
    else {
      Issue.record("not taken as a command")
      return
    }
    #expect(command == .snapshot(.query))
    #expect(words == ["-sv", "s", "-svflg", "ld"])
  }

  @Test func takesTheCommandFromTheFirstWordOtherwise() {
    guard
      case .command(let command, let words) = Invocation(arguments: ["ism", "iSMsc_unlink", "-lv"])
    else {
      Issue.record("not taken as a command")
      return
    }
    #expect(command == .snapshot(.unlink))
    #expect(words == ["-lv"])
  }
}

@Suite struct ProgramTests {
  private let program = Program(environment: [:], clock: LocalClock())

  @Test func wrongUsagePrintsAMessageIdAndTheUsageOnStandardErrorAndEndsWith2() async {
    let outcome = await program.run(.command(.snapshot(.unlink), words: ["-lv", "l"]))
    #expect(outcome.status == .usage)
    #expect(outcome.output.isEmpty)
    #expect(
      outcome.errors == """
        iSMsc_unlink:Error: iSM19401: Option -lvflg is missing.
        usage: iSMsc_unlink -lv LV -lvflg ld [-sv SV -svflg {ld|ld.relgen|ld.absgen}]

        """)
  }

  @Test func anUnknownNameIsRefusedWithTheListOfCommands() async {
    let outcome = await program.run(Invocation(arguments: ["ism", "iSMsc_undo"]))
    #expect(outcome.status == .usage)
    #expect(outcome.errors.hasPrefix("ism:Error: iSM42525: iSMsc_undo is no command"))
    #expect(outcome.errors.contains("iSMsc_svguard"))
  }

  @Test func listsOneNamePerLineForInstallers() async {
    let outcome = await program.run(Invocation(arguments: ["ism", "--list"]))
    #expect(outcome.output.split(separator: "\n").count == Tool.all.count)
    #expect(outcome.output.hasPrefix("iSMsc_create\niSMsc_delete\n"))
  }

  @Test func anArrayThatIsNotThereIsAnErrorWithAnIdThatNamesItsAddress() async {
    let program = Program(
      environment: ["SEDAI_URL": "unix:///nonexistent/sedaid.sock"], clock: LocalClock())
    let outcome = await program.run(
      .command(.snapshot(.query), words: ["-bv", "b", "-bvflg", "ld"]))
    #expect(outcome.status == .error)
    #expect(outcome.output.isEmpty)
    #expect(
      outcome.errors == "iSMsc_query:Error: iSM42520: The array at "
        + "unix:///nonexistent/sedaid.sock cannot be reached: no such socket.\n")
  }

  @Test func anAddressThatIsNoneIsAnErrorOfTheSettings() async {
    let program = Program(environment: ["SEDAI_URL": "ftp://x"], clock: LocalClock())
    let outcome = await program.run(
      .command(.snapshot(.query), words: ["-bv", "b", "-bvflg", "ld"]))
    #expect(outcome.status == .error)
    #expect(outcome.errors.hasPrefix("iSMsc_query:Error: iSM42522: "))
  }
}
