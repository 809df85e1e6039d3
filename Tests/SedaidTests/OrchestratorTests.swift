import Foundation
import Testing

/// The sequences of commands that management software runs, each by what the view before it
/// said.
/// - Source: management-cli.md 6 and 8.
@Suite(.serialized) struct OrchestratorTests {
  private func withArray(
    poolSize: String = "4GiB", _ body: (RunningArray) throws -> Void
  ) throws {
    let array = try RunningArray()
    defer { array.end() }
    try array.start(["--pool-size", poolSize, "--sparse"])
    try run(
      array, "iSMcfg srabind -poolnumber 0 -capacity 256 -unit mb",
      "iSMcfg setiscsiport -port 00-01 -ipaddress 192.0.2.10")
    try body(array)
    #expect(array.stop() == 0, "\(array.log())")
  }

  private func run(_ array: RunningArray, _ lines: String...) throws {
    for line in lines {
      let outcome = try array.type(line)
      #expect(outcome.status == 0, "\(line): \(outcome.errors)")
    }
  }

  private func view(_ array: RunningArray) throws -> XMLView {
    let outcome = try array.type("iSMquery -cinder -xml -all")
    #expect(outcome.status == 0 && outcome.errors.isEmpty)
    return try #require(XMLView(outcome.output), "\(outcome.output)")
  }

  /// A volume of 1 GB as an orchestrator makes it.
  private func makeVolume(_ array: RunningArray, _ name: String) throws {
    let number = try view(array).freeNumber
    try run(
      array, "iSMcfg ldbind -poolnumber 0 -ldn \(number) -capacity 1 -immediate",
      "iSMcfg nickname -ldn \(number) -newname LX:\(name) -immediate")
    let made = try #require(try view(array).disks["LX:\(name)"])
    let bytes = try #require(made.first("LD Capacity").flatMap { Int($0) })
    #expect(bytes >= 1 << 30 && bytes < 2 << 30)
    #expect(made.first("RPL Attribute") == "IV" && made.first("Purpose") == "---")
  }

  @Test func aVolumeIsMadeExtendedAttachedDetachedAndDeleted() throws {
    try withArray { array in
      #expect(try view(array).attributes["version"] == "Version 9.4.001")
      #expect(try view(array).returnCode == "0")
      try makeVolume(array, "aB")
      try makeVolume(array, "ab")
      #expect(try view(array).disks["LX:aB"]?.first("LDN(h)") == "0000")
      let number = try #require(
        try view(array).disks["LX:ab"]?.first("LDN(h)").flatMap { Int($0, radix: 16) })
      try run(array, "iSMcfg ldexpand -ldn \(number) -capacity 2 -unit gb")
      #expect(try view(array).disks["LX:ab"]?.first("LD Capacity") == "2147483648")
      // attach: a new set must have portals at once
      let set = "4-05comredhat7c8"
      try run(
        array, "iSMcfg addldset -ldset LX:\(set) -type iscsi",
        "iSMcfg addldsetinitiator -ldset LX:\(set) -initiatorname iqn.1994-05.com.redhat:7c8")
      let made = try #require(try view(array).objects("LD Set(iSCSI)").first)
      #expect(made.all("Portal") == ["192.0.2.10:3260"])
      #expect(made.all("Initiator List") == ["iqn.1994-05.com.redhat:7c8"])
      #expect(made.first("Target Mode") == "Normal")
      for (lun, name) in ["aB", "ab"].enumerated() {
        try run(array, "iSMcfg addldsetld -ldset LX:\(set) -ldname LX:\(name) -lun \(lun)")
      }
      #expect(try view(array).luns(set) == ["0000": "0000", "0001": "0001"])
      // detach: the other one keeps its LUN
      try run(array, "iSMcfg delldsetld -ldset LX:\(set) -ldname LX:aB")
      #expect(try view(array).luns(set) == ["0001": "0001"])
      #expect(
        try array.type("iSMcfg delldsetld -ldset LX:\(set) -ldname LX:aB").errors
          .contains("iSM31065"))
      try run(array, "iSMcfg ldunbind -ldname LX:aB")
      #expect(try view(array).disks["LX:aB"] == nil)
      #expect(try view(array).freeNumber == 0)
    }
  }

  @Test func snapshotsAreTakenRevertedAttachedAndDeleted() throws {
    try withArray { array in
      try makeVolume(array, "bv")
      for name in ["one", "two"] {
        try run(
          array, "iSMcfg generationadd -bvname LX:bv -poolnumber 0 -count 1 -svname \(name)",
          "iSMsc_create -bv bv -bvflg ld -sv \(name) -svflg ld")
      }
      let now = try view(array)
      #expect(now.attribute("LX:bv") == "BV" && now.attribute("LX:one") == "SV")
      #expect(now.disks["LX:one"]?.first("Purpose") == "(invalid attribute)")
      // revert to the older one with the newer one kept
      try run(array, "iSMsc_restore -bv bv -bvflg ld -sv one -svflg ld -derivsv keep -nowait")
      try wait(array, for: "one", until: "snap/active")
      #expect(try state(array, "two") == "snap/active")
      // attach: LUN 0 gets a control volume first
      try run(
        array, "iSMcfg addldset -ldset LX:set -type iscsi",
        "iSMcfg ldbind -poolnumber 0 -ldattr cv -ldn 9",
        "iSMcfg nickname -ldn 9 -newname LX:__ControlVolume_9h -immediate",
        "iSMcfg addldsetld -ldset LX:set -ldname LX:__ControlVolume_9h -lun 0")
      let number = try view(array).freeNumber
      try run(
        array, "iSMcfg lvbind -bvname LX:bv -lvn \(number) -lvname one_l",
        "iSMsc_link -lv one_l -lvflg ld -sv one -svflg ld -lvacc ro",
        "iSMcfg addldsetld -ldset LX:set -ldname LX:one_l -lun 1")
      let attached = try view(array)
      #expect(attached.luns("set") == ["0009": "0000", "000\(number)": "0001"])
      #expect(attached.disks["LX:one_l"]?.first("Pool No.(h)") == "0000")
      #expect(attached.disks["LX:__ControlVolume_9h"]?.first("Pool No.(h)") == "0000")
      // detach, then delete either of two
      try run(
        array, "iSMcfg delldsetld -ldset LX:set -ldname LX:one_l",
        "iSMsc_unlink -lv one_l -lvflg ld", "iSMcfg lvunbind -ldname LX:one_l")
      for name in ["one", "two"] {
        try run(array, "iSMsc_delete -bv bv -bvflg ld -sv \(name) -svflg ld")
        try wait(array, for: name, until: "snap/deleted")
        try run(array, "iSMcfg generationdel -bvname LX:bv -count 1")
        #expect(try view(array).disks["LX:\(name)"] == nil)
      }
      #expect(try view(array).attribute("LX:bv") == "IV")
    }
  }

  @Test func foreignDisksAndSnapshotsAreTakenOver() throws {
    try withArray { array in
      try run(array, "iSMcfg ldbind -poolnumber 0 -ldn 7 -capacity 64 -unit mb")
      let foreign = try #require(try view(array).disks.keys.first { $0.hasPrefix("  :") })
      // The shell of the orchestrator drops the blanks in front.
      let script = "iSMcfg nickname -ldname \(foreign) -newname LX:mine"
      #expect(try array.shell(script).status == 0)
      try run(
        array, "iSMcfg generationadd -bvname LX:mine -count 1 -svname theirs",
        "iSMsc_create -bv mine -bvflg ld -sv theirs -svflg ld")
      #expect(
        try array.type("iSMsc_query -sv theirs -svflg ld -summary").output
          .contains("LD Name      : mine"))
      try run(array, "iSMcfg nickname -ldname LX:theirs -newname LX:ours")
      #expect(try state(array, "ours") == "snap/active")
    }
  }

  @Test func volumesAreClonedMadeOfSnapshotsAndDeletedWhilePaired() throws {
    try withArray(poolSize: "16GiB") { array in
      for name in ["db", "clone", "fresh"] { try makeVolume(array, name) }
      // clone: replicate and separate follow each other without a look between them
      let volumes = "-mv db -mvflg ld -rv clone -rvflg ld"
      try run(array, "iSMrc_pair -pair \(volumes)")
      let paired = try view(array)
      #expect(paired.attribute("LX:db") == "MV" && paired.attribute("LX:clone") == "RV")
      #expect(paired.disks["LX:clone"]?.first("Purpose") == "---")
      #expect(try pairState(array, "-rv clone -rvflg ld") == "separated")
      try run(
        array, "iSMrc_replicate \(volumes) -nowait -cprange full -cpmode bg",
        "iSMrc_separate \(volumes) -rvacc rw -rvuse immediate -nowait")
      #expect(
        ["sep/exec", "separated"].contains(try pairState(array, "-mv db -mvflg ld")))
      try run(
        array, "iSMrc_wait -cond sep \(volumes) -time 60", "iSMcfg ldexpand -ldn 0 -capacity 2",
        "iSMcfg ldexpand -ldn 1 -capacity 2", "iSMrc_pair -unpair \(volumes)")
      #expect(try view(array).attribute("LX:db") == "IV")
      // volume from a snapshot
      try run(
        array, "iSMcfg generationadd -bvname LX:db -poolnumber 0 -count 1 -svname sv",
        "iSMsc_create -bv db -bvflg ld -sv sv -svflg ld",
        "iSMcfg ldexpand -ldn 2 -capacity 2")
      let snapshot = "-mv sv -mvflg ld -rv fresh -rvflg ld"
      try run(
        array, "iSMrc_pair -pair \(snapshot)",
        "iSMrc_replicate \(snapshot) -nowait -cprange full -cpmode bg",
        "iSMrc_separate \(snapshot) -rvacc rw -rvuse complete -nowait",
        "iSMrc_wait -cond sep \(snapshot)")
      #expect(try state(array, "sv") == "snap/active")
      #expect(try view(array).attribute("LX:sv")?.contains("SV") == true)
      // delete while paired: the client asks for partners and ends the pairs by force
      let partners = try names(array, "-rv fresh -rvflg ld").filter { $0 != "fresh" }
      #expect(partners == ["sv"])
      #expect(try array.type("iSMcfg ldunbind -ldname LX:fresh").errors.contains("iSM31160"))
      try run(
        array, "iSMrc_pair -unpair \(snapshot) -force all", "iSMcfg ldunbind -ldname LX:fresh")
      let refused = try array.type("iSMrc_query -mv db -mvflg ld")
      #expect(refused.status == 1 && refused.errors.hasPrefix("iSMrc_query:Error: iSM13502: "))
    }
  }

  /// What an orchestrator waits for: the only word after the label.
  private func pairState(_ array: RunningArray, _ volume: String) throws -> String {
    try #require(try values(array, volume, "Sync State").first)
  }

  private func names(_ array: RunningArray, _ volume: String) throws -> [String] {
    try values(array, volume, "LD Name")
  }

  private func values(
    _ array: RunningArray, _ volume: String, _ label: String
  ) throws -> [String] {
    try array.type("iSMrc_query \(volume)").output.split(separator: "\n")
      .filter { $0.contains(label) }
      .map { String($0.drop { $0 == " " }.dropFirst(label.count).drop { $0 == " " }) }
  }

  /// What an orchestrator waits for: the word after the only `) ` of the row.
  private func state(_ array: RunningArray, _ name: String) throws -> String {
    let rows = try array.type("iSMsc_query -sv \(name) -svflg ld -summary").output
    let start = try #require(rows.firstRange(of: ") "))
    return String(rows[start.upperBound...].prefix { $0 != " " })
  }

  private func wait(_ array: RunningArray, for name: String, until wanted: String) throws {
    let deadline = Date(timeIntervalSinceNow: 60)
    while try state(array, name) != wanted, Date() < deadline {}
    #expect(try state(array, name) == wanted)
  }

  @Test func theOutputFormBelongsToTheSessionThatChoseIt() throws {
    try withArray { array in
      let chosen = try array.shell("clioutmsg xml; iSMview -all")
      #expect(chosen.status == 0 && XMLView(chosen.output) != nil, "\(chosen.errors)")
      #expect(chosen.output.contains("cmd_name=\"iSMview\" arg=\"-all\""))
      // A pipe and a process that is not the shell's last one change nothing.
      let piped = try array.shell("clioutmsg xml; iSMview --alloptimize | cat; echo; iSMview -d")
      #expect(piped.output.components(separatedBy: "<REQUEST>").count == 3)
      // Another session at the same time prints text.
      let other = try array.shell(
        "clioutmsg xml; setsid -w iSMview -d; iSMview -d; clioutmsg text; iSMview -d")
      let parts = other.output.components(separatedBy: "<REQUEST>")
      #expect(parts.count == 2)
      #expect(parts.first?.hasPrefix("\n--- Disk Array List ---\n") == true)
      #expect(parts.last?.hasSuffix("ready           running\n") == true)
      #expect(try array.shell("iSMview -all").output.hasPrefix("\n--- Disk Array Detail"))
      #expect(try array.shell("clioutmsg xml").output.isEmpty)
      #expect(try array.shell("clioutmsg html").status == 2)
    }
  }

  @Test func ofSeveralClientsThatBindOneNumberOneSucceeds() throws {
    try withArray { array in
      let binding = "iSMcfg ldbind -poolnumber 0 -ldn 5 -capacity 16 -unit mb"
      let outcome = try array.shell(
        """
        for n in 1 2 3 4 5 6; do \(binding) & iSMquery -cinder -xml -all > view-$n & done
        for n in 1 2 3 4 5 6; do iSMcfg addldset -ldset LX:set$n -type iscsi & done
        wait
        """, directory: array.place)
      let said = outcome.output + outcome.errors
      #expect(
        said.components(separatedBy: "iSM31100: iSMcfg ldbind").count == 2, "\(said)")
      #expect(said.components(separatedBy: "iSM31077").count == 6, "\(said)")
      #expect(said.components(separatedBy: "iSM31100: iSMcfg addldset").count == 7)
      for number in 1...6 {
        let text = try String(contentsOfFile: array.path("view-\(number)"), encoding: .utf8)
        #expect(XMLView(text)?.returnCode == "0")
      }
    }
  }

  @Test func aViewOfAnotherArrayIsRefused() throws {
    try withArray { array in
      let list = try array.type("iSMview -d").output
      let row = try #require(list.split(separator: "\n").last)
      let name = try #require(row.split(separator: " ").dropFirst().first)
      for program in ["iSMview", "iSMcc_view"] {
        #expect(
          try array.type("\(program) -all \(name)").output.contains("\nDisk Array Name"))
        let refused = try array.type("\(program) -all nosuch")
        #expect(refused.status == 1 && refused.output.isEmpty)
        #expect(refused.errors.hasPrefix("\(program):Error: iSM42526: "))
      }
      for part in ["-ld", "-pool", "-port", "-ldset", "--alloptimize"] {
        #expect(try array.type("iSMview \(part)").output.hasSuffix("\n--- End of List ---\n"))
      }
    }
  }
}
