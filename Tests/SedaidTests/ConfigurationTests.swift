import Foundation
import Testing

/// `iSMcfg` and the real daemon, by the lines that management software sends.
@Suite(.serialized) struct ConfigurationEndToEndTests {
  /// Runs `body` with an array of one pool of 2 GB and a reserve.
  private func withArray(_ body: (RunningArray) throws -> Void) throws {
    let array = try RunningArray()
    defer { array.end() }
    try array.start(["--pool-size", "2560MiB", "--sparse"])
    try done(array, "iSMcfg srabind -poolnumber 0 -capacity 256 -unit mb")
    try body(array)
    #expect(array.stop() == 0, "\(array.log())")
  }

  private func done(_ array: RunningArray, _ line: String, warning: String? = nil) throws {
    let outcome = try array.type(line)
    let verb = line.split(separator: " ")[1]
    #expect(outcome.status == 0, "\(line): \(outcome.errors)")
    if line.hasPrefix("iSMcfg ") {
      #expect(
        outcome.output == "iSMcfg:Info: iSM31100: iSMcfg \(verb) has normally terminated.\n")
    }
    if let warning {
      #expect(outcome.errors.hasPrefix(warning), "\(line): \(outcome.errors)")
    } else {
      #expect(outcome.errors.isEmpty, "\(line): \(outcome.errors)")
    }
  }

  /// Refused with this id on standard error and nothing on standard output.
  private func refused(
    _ array: RunningArray, _ line: String, _ id: String, status: Int32 = 1
  ) throws {
    let outcome = try array.type(line)
    #expect(outcome.status == status, "\(line)")
    #expect(outcome.output.isEmpty, "\(line): \(outcome.output)")
    #expect(
      outcome.errors.hasPrefix("\(line.prefix { $0 != " " }):Error: \(id): "),
      "\(line): \(outcome.errors)")
  }

  @Test func aVolumeIsBoundNamedExpandedRenamedAndRemoved() throws {
    try withArray { array in
      try done(array, "iSMcfg ldbind -poolnumber 0 -ldn 31 -capacity 1 -immediate")
      try refused(
        array, "iSMcfg ldbind -poolnumber 0 -ldn 31 -capacity 1 -immediate", "iSM31077")
      let made = try array.type("sedai ld list --json")
      let wwn = try array.type("sedai status --json").output
      let digits = try #require(wwn.firstMatch(of: /"worldWideName" *: *"([0-9a-f]{16})"/)).output.1
      let name = digits.suffix(12) + "001f"
      #expect(made.output.contains("\"\(name)\""))
      // A disk that was never named has no type; clients write it with a colon in front.
      try refused(
        array, "iSMcfg nickname -ldname LX:\(name) -newname LX:vol1 -immediate", "iSM31134")
      try done(array, "iSMcfg nickname -ldname :\(name) -newname LX:vol1")
      try done(array, "iSMcfg nickname -ldn 31 -newname LX:vol1 -immediate")
      try done(array, "iSMcfg ldbind -poolnumber 0 -ldn 0 -capacity 64 -unit mb")
      try done(array, "iSMcfg nickname -ldn 0 -newname LX:Vol1")
      try refused(array, "iSMcfg nickname -ldn 0 -newname LX:vol1", "iSM31101")
      try done(array, "iSMcfg ldexpand -ldn 31 -capacity 2 -unit gb")
      try refused(array, "iSMcfg ldexpand -ldn 31 -capacity 1 -unit gb", "iSM31113")
      try refused(array, "iSMcfg ldexpand -ldn 32 -capacity 1 -unit gb", "iSM31134")
      try done(array, "iSMioc setlimit -ldname LX:vol1 -upperlimit 2000 -upperreport on")
      try done(array, "iSMioc setlimit -ldname LX:vol1 -lowerlimit 10")
      try refused(array, "iSMioc setlimit -ldname LX:vol1 -upperlimit 9", "iSM31157", status: 2)
      try refused(array, "iSMioc setlimit -ldname LX:vol1 -lowerlimit 2001", "iSM31156")
      try refused(array, "iSMioc setlimit -ldname LX:nobody -upperlimit 10", "iSM31134")
      try refused(array, "iSMioc setlimit -ldname LX:vol1", "iSM19401", status: 2)
      let limits = try array.type("sedai ld limit vol1 --lower 0 --json").output
      #expect(limits.contains(/"upper" *: *2000\b/) && !limits.contains("lower"), "\(limits)")
      let shown = try array.type("sedai ld show vol1 --json").output
      #expect(shown.contains(/"capacity" *: *2147483648\b/), "\(shown)")
      try done(array, "iSMcfg nickname -ldname LX:vol1 -newname LX:new_name")
      try refused(array, "iSMcfg ldunbind -ldname LX:vol1", "iSM31134")
      try done(array, "iSMcfg ldunbind -ldname LX:new_name")
      try done(array, "iSMcfg ldbind -poolnumber 0 -ldattr cv -ldn 32")
      try done(array, "iSMcfg nickname -ldn 32 -newname LX:__ControlVolume_20h -immediate")
      try refused(array, "iSMcfg ldbind -poolnumber 9 -ldn 40 -capacity 1", "iSM31103")
      try refused(array, "iSMcfg ldbind -poolnumber 0 -ldn 40 -capacity 9999", "iSM31105")
      try refused(array, "iSMcfg ldbind -poolnumber 0", "iSM19401", status: 2)
      try refused(array, "iSMcfg ldbnd -poolnumber 0", "iSM42525", status: 2)
    }
  }

  @Test func generationsAndLinkVolumesComeAndGoAsTheSnapshotSequencesNeedIt() throws {
    try withArray { array in
      try done(array, "iSMcfg ldbind -poolnumber 0 -ldn 1 -capacity 64 -unit mb")
      try done(array, "iSMcfg nickname -ldn 1 -newname LX:bv -immediate")
      // snapshot: generationadd, create; twice
      for name in ["one", "two"] {
        try done(
          array, "iSMcfg generationadd -bvname LX:bv -poolnumber 0 -count 1 -svname \(name)")
        try done(array, "iSMsc_create -bv bv -bvflg ld -sv \(name) -svflg ld")
      }
      try refused(
        array, "iSMcfg generationadd -bvname LX:bv -poolnumber 0 -count 1 -svname one",
        "iSM31101")
      try refused(
        array, "iSMcfg nickname -ldname LX:bv -newname WN:bv", "iSM31112")
      // attach snapshot: lvbind, link
      try done(array, "iSMcfg lvbind -bvname LX:bv -lvn 9 -lvname one_l")
      try done(array, "iSMsc_link -lv one_l -lvflg ld -sv one -svflg ld -lvacc ro")
      try refused(array, "iSMcfg lvunbind -ldname LX:one_l", "iSM31130")
      try done(array, "iSMsc_unlink -lv one_l -lvflg ld")
      try done(array, "iSMcfg lvunbind -ldname LX:one_l")
      // delete snapshot: delete, generationdel; the older one, with a newer one present
      try done(array, "iSMsc_delete -bv bv -bvflg ld -sv one -svflg ld")
      try done(array, "iSMcfg generationdel -bvname LX:bv -count 1")
      let left = try array.type("iSMsc_query -bv bv -bvflg ld -summary").output
      #expect(left.contains("LX:two                     ( -1) snap/active"))
      #expect(!left.contains("one"))
      try refused(array, "iSMcfg generationdel -bvname LX:bv -count 1", "iSM31116")
      try refused(array, "iSMcfg ldunbind -ldname LX:bv", "iSM31110")
      try done(array, "iSMsc_delete -bv bv -bvflg ld -sv two -svflg ld")
      try done(array, "iSMcfg generationdel -bvname LX:bv -count 1")
      try done(array, "iSMcfg generationadd -bvname LX:bv -count 3 -svname day")
      let built = try array.type("iSMsc_query -bv bv -bvflg ld -summary").output
      for name in ["day_01", "day_02", "day_03"] { #expect(built.contains("LX:\(name) ")) }
      try done(array, "iSMcfg generationdel -bvname LX:bv -count 3")
      try done(array, "iSMcfg ldunbind -ldname LX:bv")
    }
  }

  @Test func hostsAreAttachedAndDetachedAsTheSequencesNeedIt() throws {
    try withArray { array in
      for (number, name) in [(1, "vol1"), (2, "vol2")] {
        try done(array, "iSMcfg ldbind -poolnumber 0 -ldn \(number) -capacity 64 -unit mb")
        try done(array, "iSMcfg nickname -ldn \(number) -newname LX:\(name) -immediate")
      }
      try done(array, "iSMcfg setiscsiport -port 00-00 -ipaddress 192.0.2.10")
      try done(array, "iSMcfg portname -port 00-00 -newname DB_PRIMARY")
      let set = "LX:4-05comredhat7c8"
      try done(array, "iSMcfg addldset -ldset \(set) -type iscsi")
      try refused(array, "iSMcfg addldset -ldset \(set) -type iscsi", "iSM31120")
      let initiator = "-initiatorname iqn.1994-05.com.redhat:7c8"
      try done(array, "iSMcfg addldsetinitiator -ldset \(set) \(initiator)")
      try refused(
        array, "iSMcfg addldsetinitiator -ldset \(set) -initiatorname x:y", "iSM31149", status: 2)
      try done(array, "iSMcfg addldsetld -ldset \(set) -ldname LX:vol1 -lun 0")
      try refused(array, "iSMcfg addldsetld -ldset \(set) -ldname LX:vol2 -lun 0", "iSM31124")
      try done(array, "iSMcfg addldsetld -ldset \(set) -ldname LX:vol2")
      try refused(array, "iSMcfg addldsetld -ldset \(set) -ldname LX:vol3", "iSM31134")
      try refused(array, "iSMcfg addldsetld -ldset WN:x -ldname LX:vol2", "iSM31119")
      try refused(array, "iSMcfg ldunbind -ldname LX:vol1", "iSM31111")
      try done(array, "iSMcfg delldsetld -ldset \(set) -ldname LX:vol1")
      try refused(array, "iSMcfg delldsetld -ldset \(set) -ldname LX:vol1", "iSM31065")
      let left = try array.type("sedai ldset show 4-05comredhat7c8 --json").output
      #expect(left.contains(/"lun" *: *1\b/) && left.contains("192.0.2.10:3260"), "\(left)")
      try done(array, "iSMcfg lvbind -bvname LX:vol2 -lvn 9 -lvname lv2")
      try refused(array, "iSMcfg addldsetld -ldset \(set) -ldname LX:lv2 -lun 0", "iSM31123")
      try done(
        array, "iSMcfg addldsetld -ldset \(set) -ldname LX:lv2",
        warning: "iSMcfg:Warning: iSM31140: ")
      try refused(array, "iSMcfg delldset -ldset \(set)", "iSM31127")
      for disk in ["vol2", "lv2"] {
        try done(array, "iSMcfg delldsetld -ldset \(set) -ldname LX:\(disk)")
      }
      try done(array, "iSMcfg delldsetinitiator -ldset \(set) \(initiator)")
      let client = "-ldset \(set) -client a.example"
      try done(array, "iSMcfg addldsetclient \(client)")
      try refused(array, "iSMcfg addldsetclient \(client)", "iSM31125")
      try done(array, "iSMcfg delldsetclient \(client)")
      try refused(array, "iSMcfg delldsetclient \(client)", "iSM31126")
      try done(array, "iSMcfg delldset -ldset \(set)")
      try done(array, "iSMcfg addldset -ldset LX:10000090FA000001 -type fc")
      let path = "-ldset LX:10000090FA000001 -path 1000-0090-FA00-0001"
      try done(array, "iSMcfg addldsetpath \(path)")
      try refused(array, "iSMcfg addldsetpath \(path)", "iSM31147")
      try done(array, "iSMcfg delldsetpath \(path)")
      try done(array, "iSMcfg arrayname -newname Tokyo_1")
      try done(array, "iSMcfg startacc")
      #expect(try array.type("sedai status --json").output.contains("Tokyo_1"))
    }
  }

  @Test func theOperatorsCommandAdmitsInitiatorsAndSetsPortsUp() throws {
    try withArray { array in
      try done(array, "sedai port set 00-01 192.0.2.10")
      try done(array, "sedai port name 00-01 DB_PRIMARY")
      try done(array, "sedai ldset create host-A --type LX --target-mode multi-target")
      try done(array, "sedai ldset admit host-A iqn.2026-01.example:one")
      let ports = try array.type("sedai port").output
      #expect(ports.contains("00-01"), "\(ports)")
      for part in ["DB_PRIMARY", "192.0.2.10", "3260", "down"] {
        #expect(ports.contains(part), "\(ports)")
      }
      let view = try array.type("iSMquery -cinder -xml -all").output
      #expect(view.contains("iqn.2026-01.example:one"))
      #expect(try array.type("sedai ldset admit host-A nonsense").status == 2)
      try done(array, "sedai ldset expel host-A iqn.2026-01.example:one")
      #expect(
        try array.type("sedai ldset expel host-A iqn.2026-01.example:one").errors
          .hasPrefix("sedai: iSM31146: "))
    }
  }

  @Test func anArrayThatOutgrowsItsLicenceBuildsNothingNew() throws {
    try withArray { array in
      try done(array, "iSMcfg ldbind -poolnumber 0 -ldn 1 -capacity 64 -unit mb")
      try done(array, "iSMcfg nickname -ldn 1 -newname LX:bv")
      try done(array, "iSMcfg generationadd -bvname LX:bv -count 1 -svname one")
      try refused(array, "iSMcfg licenserelease -key DSV-V3-1TB-00", "iSM31152", status: 2)
      try done(array, "iSMcfg licenserelease -key dsv-v3-1tb-26")
      try done(array, "iSMcfg generationadd -bvname LX:bv -count 1 -svname two")
      try done(
        array,
        "iSMcfg poolbind -poolnumber 5 -file \(array.path("large")) -capacity 1 -unit tb -sparse")
      try refused(
        array, "iSMcfg generationadd -bvname LX:bv -count 1 -svname three", "iSM31154")
      try refused(array, "iSMcfg lvbind -bvname LX:bv -lvname lv", "iSM31154")
      try refused(array, "iSMcfg srabind -poolnumber 5 -capacity 1", "iSM31154")
      try done(array, "iSMsc_create -bv bv -bvflg ld -cyclic")
      let shown = try array.type("iSMview -license").output
      #expect(shown.contains("License State             : exceeded\n"), "\(shown)")
      #expect(shown.contains("License State             : missing\n"), "\(shown)")
    }
  }

  @Test func poolsAreMadeExpandedAndRemoved() throws {
    try withArray { array in
      let file = array.path("extra")
      try done(
        array, "iSMcfg poolbind -poolnumber 3 -poolname three -file \(file)0 -capacity 64 -unit mb")
      try refused(
        array, "iSMcfg poolbind -poolnumber 3 -file \(file)1 -capacity 64 -unit mb", "iSM31104")
      try done(array, "iSMcfg poolexpand -poolnumber 3 -file \(file)1 -capacity 64 -unit mb")
      try done(array, "iSMcfg srabind -poolnumber 3 -capacity 16 -unit mb")
      try refused(array, "iSMcfg srabind -poolnumber 3 -capacity 16 -unit mb", "iSM31107")
      try done(array, "iSMcfg sraexpand -poolnumber 3 -capacity 32 -unit mb")
      try refused(array, "iSMcfg sraexpand -poolnumber 3 -capacity 16 -unit mb", "iSM31109")
      try done(array, "iSMcfg ldbind -poolnumber 3 -ldn 5 -capacity 16 -unit mb")
      try refused(array, "iSMcfg poolunbind -poolnumber 3", "iSM31106")
      try done(array, "iSMcfg nickname -ldn 5 -newname LX:bv")
      try done(array, "iSMcfg generationadd -bvname LX:bv -poolnumber 3 -count 1 -svname sv")
      try refused(array, "iSMcfg sraunbind -poolnumber 3", "iSM31155")
      try done(array, "iSMcfg generationdel -bvname LX:bv -count 1")
      try done(array, "iSMcfg sraunbind -poolnumber 3")
      try refused(array, "iSMcfg sraunbind -poolnumber 3", "iSM31108")
      try done(array, "iSMcfg srabind -poolnumber 3 -capacity 16 -unit mb")
      try done(array, "iSMcfg ldunbind -ldn 5")
      try done(array, "iSMcfg poolunbind -poolnumber 3")
      try refused(array, "iSMcfg poolunbind -poolnumber 3", "iSM31103")
      try done(
        array,
        "iSMcfg poolbind -poolnumber 4 -poolattr basic -file \(file)2 -capacity 64 -unit mb")
      try refused(array, "iSMcfg srabind -poolnumber 4 -capacity 16 -unit mb", "iSM31138")
    }
  }
}
