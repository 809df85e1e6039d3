import Foundation
import SedaiAPI
import Testing

@testable import ism

/// Every kind of disk, both kinds of LD sets in every mode, and values that XML has to escape.
private func sample() -> ConfigurationDocument {
  func disk(
    _ name: String, _ number: UInt32?, _ kind: LogicalDiskKind, type: String? = "LX",
    pool: String = "fast", capacity: UInt64 = 2 << 30
  ) -> LogicalDiskDocument {
    LogicalDiskDocument(
      name: name, number: number, kind: kind, osType: type, pool: pool, capacity: capacity,
      state: "normal")
  }
  return ConfigurationDocument(
    status: StatusDocument(
      product: "Sedai", version: "0.1.0", name: "ARRAY_01", worldWideName: "2000000000000abc",
      startedAt: 0, pools: 2, logicalDisks: 6, snapshots: 0, linkVolumes: 1, runningJobs: 0,
      newestEvent: 1, cacheBytes: 128 << 20),
    pools: [
      PoolDocument(
        number: 2, name: "fast", state: .ready, capacity: 1 << 40, promisedBytes: 3 << 30,
        freeBytes: 1 << 40 - 3 << 30, allocatedBytes: 0, awaitingReuseBytes: 0, members: [])
    ],
    reserves: [
      ReserveDocument(
        pool: "fast", level: .normal, capacity: 1 << 30, usedBytes: 0, policy: .giveUpGenerations,
        warningThreshold: 75, criticalThreshold: 90)
    ],
    logicalDisks: [
      disk("000000000abc0000", 0, .individual, type: nil, capacity: 10 << 20),
      disk("base_01", 31, .base), disk("snap_01", 32, .snapshot),
      disk("link_01", 33, .link), disk("__ControlVolume_22h", 34, .control, capacity: 64 << 20),
      disk("hidden", 8192, .snapshot), disk("nameless", nil, .snapshot),
    ],
    ldSets: [
      LDSetDocument(
        name: "hostA", osType: "LX",
        disks: [
          LDSetDiskDocument(name: "base_01", number: 31, lun: 0, target: "iqn.t:a"),
          LDSetDiskDocument(name: "link_01", number: 33, lun: 16, target: "iqn.t:a"),
          LDSetDiskDocument(name: "hidden", number: 8192, lun: 17, target: "iqn.t:a"),
        ], initiators: ["iqn.1993-08.org.debian:01:a", "iqn.x:<b>&\"c\""], targetMode: .normal,
        targetName: "iqn.t:a", portals: ["192.0.2.10:3260"]),
      LDSetDocument(
        name: "many", osType: nil,
        disks: [LDSetDiskDocument(name: "base_01", number: 31, lun: 0, target: "iqn.t:m.t1")],
        targetMode: .multiTarget, targetName: "iqn.t:m"),
      LDSetDocument(
        name: "1000-0090-FA00-0", osType: "WN", kind: .fibreChannel,
        disks: [LDSetDiskDocument(name: "base_01", number: 31, lun: 0)],
        paths: ["1000-0090-FA00-0001", "00-01"]),
    ],
    hostPorts: [
      HostPortDocument(number: "00-00", address: "192.0.2.10", tcpPort: 3260),
      HostPortDocument(number: "00-01", name: "DB_PRIMARY"),
    ])
}

private func xml(_ selection: ViewSelection = .all) -> String {
  ViewLayout(command: "iSMquery", arguments: "-cinder -xml -all").xml(
    ConfigurationView(configuration: sample(), form: .xml).chapters(selection))
}

private func text(_ selection: ViewSelection = .all) -> String {
  ViewLayout(command: "iSMview", arguments: "-all").text(
    ConfigurationView(configuration: sample(), form: .text).chapters(selection))
}

@Suite struct XMLViewTests {
  @Test func disksAndPoolsAreLaidOutAsReadersExpect() {
    #expect(
      xml(.logicalDisks).contains(
        """
            <SECTION name="LD Detail Information">
             <UNIT name="LDN(h)">0000</UNIT>
             <UNIT name="OS Type">  </UNIT>
             <UNIT name="LD Name">000000000abc0000</UNIT>
             <UNIT name="LD Capacity">10485760</UNIT>
             <UNIT name="Pool No.(h)">0002</UNIT>
             <UNIT name="Purpose">---</UNIT>
             <UNIT name="RPL Attribute">IV</UNIT>
            </SECTION>
        """))
    #expect(
      xml(.pools).hasPrefix(
        """
        <REQUEST>
         <CMD_REQUEST cmd_name="iSMquery" arg="-cinder -xml -all" version="Version 9.4.001">
          <CHAPTER name="Pool">
           <OBJECT name="Pool">
            <SECTION name="Pool Detail Information">
             <UNIT name="Pool No.(h)">0002</UNIT>
             <UNIT name="Pool Capacity">1099511627776</UNIT>
             <UNIT name="Used Pool Capacity">3221225472</UNIT>
             <UNIT name="Free Pool Capacity">1096290402304</UNIT>
            </SECTION>
           </OBJECT>
          </CHAPTER>
        """))
    #expect(
      xml(.pools).hasSuffix(
        """
          <RETURN_MSG>Command Completed Successfully!!</RETURN_MSG>
          <RETURN_CODE>0</RETURN_CODE>
         </CMD_REQUEST>
        </REQUEST>

        """))
  }

  @Test func portsAndSetsAreLaidOutAsReadersExpect() {
    #expect(
      xml(.hostPorts).contains(
        """
            <SECTION name="Host Director/Host Port Information">
             <UNIT name="Port No.(h)">00-00</UNIT>
             <UNIT name="IP Address">192.0.2.10</UNIT>
             <UNIT name="Link Status">Link Down</UNIT>
            </SECTION>
        """))
    #expect(
      xml(.ldSets).contains(
        """
           <OBJECT name="LD Set(iSCSI)">
            <SECTION name="LD Set(iSCSI) Information">
             <UNIT name="Platform">LX</UNIT>
             <UNIT name="LD Set Name">hostA</UNIT>
             <UNIT name="Target Mode">Normal</UNIT>
             <UNIT name="Target Name">iqn.t:a</UNIT>
            </SECTION>
            <SECTION name="Portal">
             <UNIT name="Portal">192.0.2.10:3260</UNIT>
            </SECTION>
            <SECTION name="Initiator List">
             <UNIT name="Initiator List">iqn.1993-08.org.debian:01:a</UNIT>
            </SECTION>
            <SECTION name="Initiator List">
             <UNIT name="Initiator List">iqn.x:&lt;b&gt;&amp;&quot;c&quot;</UNIT>
            </SECTION>
            <SECTION name="LUN/LD List">
             <UNIT name="LUN(h)">0000</UNIT>
             <UNIT name="LDN(h)">001f</UNIT>
            </SECTION>
            <SECTION name="LUN/LD List">
             <UNIT name="LUN(h)">0010</UNIT>
             <UNIT name="LDN(h)">0021</UNIT>
            </SECTION>
           </OBJECT>
           <OBJECT name="LD Set(iSCSI)">
            <SECTION name="LD Set(iSCSI) Information">
             <UNIT name="Platform">  </UNIT>
             <UNIT name="LD Set Name">many</UNIT>
             <UNIT name="Target Mode">Multi-Target</UNIT>
            </SECTION>
            <SECTION name="Target Information For Multi-Target Mode">
             <UNIT name="Target Name">iqn.t:m.t1</UNIT>
             <UNIT name="LUN(h)">0000</UNIT>
             <UNIT name="LDN(h)">001f</UNIT>
            </SECTION>
           </OBJECT>
           <OBJECT name="LD Set(FC)">
            <SECTION name="LD Set(FC) Information">
             <UNIT name="Platform">WN</UNIT>
             <UNIT name="LD Set Name">1000-0090-FA00-0</UNIT>
            </SECTION>
            <SECTION name="Path List">
             <UNIT name="Path">1000-0090-FA00-0001</UNIT>
            </SECTION>
            <SECTION name="Path List">
             <UNIT name="Path">00-01(DB_PRIMARY)</UNIT>
            </SECTION>
            <SECTION name="LUN/LD List">
             <UNIT name="LUN(h)">0000</UNIT>
             <UNIT name="LDN(h)">001f</UNIT>
            </SECTION>
           </OBJECT>
        """))
  }

  @Test func thereIsNoDeclarationAndEveryDiskHasANameAndTheNumberOfAListedPool() {
    let text = xml()
    #expect(text.hasPrefix("<REQUEST>"))
    #expect(!text.contains("encoding") && !text.contains("----"))
    #expect(!text.contains("<UNIT name=\"LD Name\"></UNIT>"))
    let pools = text.matches(of: /<UNIT name="Pool No\.\(h\)">(.*?)<\/UNIT>/).map(\.output.1)
    #expect(pools.allSatisfy { $0 == "0002" } && pools.count == 6)
    #expect(!text.contains("hidden") && !text.contains("nameless"))
  }

  @Test func rolesAreToldByTheirAttributes() {
    let attributes = xml(.logicalDisks).matches(
      of: /<UNIT name="Purpose">(.*?)<\/UNIT>\s*<UNIT name="RPL Attribute">(.*?)<\/UNIT>/
    ).map { "\($0.output.1) \($0.output.2)" }
    #expect(
      attributes == [
        "--- IV", "--- BV", "(invalid attribute) SV", "(invalid attribute) LV",
        "(invalid attribute) IV",
      ])
  }
}

@Suite struct TextViewTests {
  @Test func theListOfArraysHasFourColumns() {
    let view = ConfigurationView(configuration: sample(), form: .text)
    #expect(
      ViewLayout.arrayList([view.arrayListEntry]) == """

        --- Disk Array List ---
        Product ID        Disk Array Name                   Resource State  Monitoring
        Sedai             ARRAY_01                          ready           running

        """)
  }

  @Test func theArrayAndADiskAreLaidOutAsReadersExpect() {
    #expect(
      text().hasPrefix(
        """

        --- Disk Array Detail Information ---
        Vendor ID                 : Sedai
        Product ID                : Sedai
        Disk Array Name           : ARRAY_01
        Product FW Revision       : 0.1.0
        World Wide Name           : 2000000000000abc
        Cache Module              : 1GB
        Resource State            : ready

        --- LD Detail Information ---
        LDN(h)                    : 0000
        OS Type                   : -
        LD Name                   : 000000000abc0000
        LD Capacity               : 10.0MB
        Pool No.(h)               : 0002
        Pool Name                 : fast
        RaidType                  : none
        Purpose                   : ---
        RPL Attribute             : IV

        --- LD Detail Information ---
        LDN(h)                    : 001f

        """))
    #expect(
      text(.pools) == """

        --- Pool Detail Information ---
        Pool No.(h)               : 0002
        Pool Name                 : fast
        Pool Type                 : dynamic
        Pool Capacity             : 1024.0GB
        Used Pool Capacity        : 3.0GB
        Free Pool Capacity        : 1021.0GB

        --- SRA Information ---
        SRA Pool Name             : fast
        SRA Capacity              : 1.0GB
        Used SRA Capacity         : 0.0GB
        SRA State                 : normal

        --- End of List ---

        """)
  }

  /// As an inventory program reads: labels at the start of a line, values after the last colon.
  @Test func anInventoryReaderFindsEveryLabelInEverySection() throws {
    let lines = text().split(separator: "\n", omittingEmptySubsequences: false)
    var sections: [[String: String]] = []
    var wanted = Set<String>()
    for line in lines {
      if line.hasPrefix("---") {
        for label in wanted { #expect(sections.last?[label]?.isEmpty == false, "\(label)") }
        wanted = []
        if line.hasPrefix("--- LD Detail Information") {
          wanted = ["LDN(h)", "LD Name", "LD Capacity", "Pool Name", "RaidType"]
        } else if line.hasPrefix("--- Pool Detail Information") {
          wanted = ["Pool Name", "Pool Capacity", "Used Pool Capacity", "Free Pool Capacity"]
        }
        sections.append([:])
      } else if let colon = line.lastIndex(of: ":") {
        let label = line.prefix { $0 != ":" }.reversed().drop { $0 == " " }.reversed()
        let value = line[line.index(after: colon)...].drop { $0 == " " }
        sections[sections.count - 1][String(label)] = String(value)
      }
    }
    #expect(wanted.isEmpty, "the last section is followed by none")
    #expect(sections.filter { $0["LD Name"] != nil }.count == 5)
    #expect(text().matches(of: /(?m)^Vendor ID .*: \w+$/).count == 1)
    #expect(text().contains(/World Wide Name +: [0-9a-f]{16}\n/))
  }
}
