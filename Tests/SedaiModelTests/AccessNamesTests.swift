import SedaiModel
import Testing

@Suite struct AccessNamesTests {
  @Test(arguments: [
    "iqn.1993-08.org.debian:01:abc-def", "iqn.2026-01.example:A_b", "eui.02004567A425678D",
    "naa.52004567BA64678D", "naa.62004567BA64678D0123456789ABCDEF",
  ])
  func `an iSCSI name keeps the case it has and is found in any`(text: String) throws {
    let name = try #require(ISCSIName(text))
    #expect(name.rawValue == text)
    #expect(name == ISCSIName(text.uppercased()))
    #expect(Set([name, try #require(ISCSIName(text.lowercased()))]).count == 1)
  }

  @Test(arguments: [
    "", "iqn.", "iqn", "abc", "eui.123", "naa.xyz", "iqn.a b", "iqn.a/b", "iqn.é",
    "iqn." + String(repeating: "a", count: 220),
  ])
  func `what is no iSCSI name is refused`(text: String) {
    #expect(ISCSIName(text) == nil)
  }

  @Test func `a path of an adapter is shown in four groups of capitals`() {
    for text in ["1000-0090-fa00-000a", "10000090FA00000A"] {
      #expect(FibreChannelPath(parsing: text)?.description == "1000-0090-FA00-000A")
    }
    #expect(WorldWidePortName(parsing: "0000-0000-0000-0001")?.description.count == 19)
    for text in ["", "1000", "1000-0090-FA00", "1000-0090-FA00-00010", "g000-0090-FA00-0001"] {
      #expect(FibreChannelPath(parsing: text) == nil)
    }
  }

  @Test func `a port has a director 0 or 1 and two digits each`() throws {
    #expect(HostPortNumber(parsing: "01-0A")?.description == "01-0a")
    for text in ["02-00", "1-0", "0100", "00-0g", "00-00-00", "-", ""] {
      #expect(HostPortNumber(parsing: text) == nil)
    }
    let low = try #require(HostPortNumber(parsing: "00-ff"))
    let high = try #require(HostPortNumber(parsing: "01-00"))
    #expect(low < high)
  }

  @Test func `an address has four plain numbers`() throws {
    #expect(IPv4Address("192.0.2.10")?.description == "192.0.2.10")
    #expect(IPv4Address("0.0.0.0") == IPv4Address.none)
    for text in ["", "1.2.3", "1.2.3.4.5", "256.0.0.1", "01.2.3.4", "+1.2.3.4", "a.b.c.d", "::1"] {
      #expect(IPv4Address(text) == nil)
    }
    let address = try #require(IPv4Address("192.0.2.10"))
    #expect(ISCSIPortal(address: address).description == "192.0.2.10:3260")
  }

  @Test func `an LD set is named with its type, without one, or with none`() {
    #expect(LDSetReference(parsing: "LX:hostA")?.type == .exactly(.linux))
    #expect(LDSetReference(parsing: ":hostA")?.type == .exactly(nil))
    #expect(LDSetReference(parsing: "-:hostA")?.type == .exactly(nil))
    #expect(LDSetReference(parsing: "hostA")?.type == .any)
    #expect(LDSetReference(parsing: "LX:hostA")?.description == "LX:hostA")
    for text in ["", ":", "XX:hostA", "LX:", "LX:a b", "LX:12345678901234567", "LX:a:b"] {
      #expect(LDSetReference(parsing: text) == nil)
    }
  }
}
