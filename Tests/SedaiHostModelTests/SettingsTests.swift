import SedaiHostModel
import Testing

@Suite struct SettingsTests {
  @Test func `host.conf names drives, transport and LD set`() throws {
    let (settings, problems) = HostSettings.reading(
      """
      # a comment
      [host]
      ld_set = hostA
      transport = fuse
      drive_directory = /drives/
      [drives]
      g = "/srv/my business"
      """)
    #expect(problems.isEmpty)
    #expect(settings.ldSet == "hostA")
    #expect(settings.transport == .fuse)
    let g = try #require(DriveLetter("G:"))
    let h = try #require(DriveLetter("H:"))
    #expect(settings.directory(of: g) == "/srv/my business")
    #expect(settings.directory(of: h) == "/drives/H")
    #expect(settings.drive(at: "/srv/my business") == g)
    #expect(settings.drive(at: "/drives/H") == h)
    #expect(settings.drive(at: "/drives/G") == nil)
    #expect(settings.drive(at: "/elsewhere") == nil)
  }

  @Test func `lines that cannot be used are told with their number and change nothing`() {
    let (settings, problems) = HostSettings.reading(
      "[host]\r\ntransport = pigeon\nld_sett = x\nnothing\n[drives]\nGG = /x\nG = relative\n")
    #expect(problems.map(\.line) == [2, 3, 4, 6, 7])
    #expect(settings == HostSettings())
  }

  @Test func `the option file sets what it knows and reports the rest`() {
    let (options, problems) = CommandOptions.reading(
      "permit_gpt = on\npermit_partitions = yes\n; a comment\nlist_wait = 3\ndevice_wait = 0\nx = 1"
    )
    #expect(options.permitsGPT)
    #expect(!options.permitsPartitions)
    #expect(options.listWait == 3)
    #expect(options.deviceWait == CommandOptions().deviceWait)
    #expect(problems.map(\.line) == [2, 5, 6])
    #expect(problems[2].reason == "unknown key x")
  }
}
