import SedaiArray
import SedaiEngine
import SedaiFormat
import SedaiModel
import Testing

@Suite struct CHAPTests {
  private let hosts = LDSetName("hosts")
  private let one = ISCSIName("iqn.2026-01.example:one")
  private let two = ISCSIName("iqn.2026-01.example:two")

  private func rig() throws -> Rig {
    let rig = try Rig()
    _ = try rig.array.createLDSet(try #require(hosts), by: Rig.administrator)
    for name in [one, two] {
      _ = try rig.array.addInitiator(
        try #require(name), to: try #require(hosts), by: Rig.administrator)
    }
    return rig
  }

  private func identity(_ user: String, _ secret: String) throws -> CHAPIdentity {
    let secret = try #require(CHAPSecret(secret))
    return try #require(CHAPIdentity(user: user, secret: secret))
  }

  private func set(
    _ rig: Rig, _ credentials: CHAPCredentials?, for initiator: ISCSIName? = nil
  ) throws -> LDSetFacts {
    try rig.array.setCHAP(
      credentials, for: initiator, in: try #require(hosts), by: Rig.administrator)
  }

  private func credentials(
    _ user: String, _ secret: String, target: String? = nil
  ) throws -> CHAPCredentials {
    let credentials = CHAPCredentials(
      initiator: try identity(user, secret), target: try target.map { try identity("array", $0) })
    return try #require(credentials)
  }

  @Test func `an initiator's own secret counts before that of all, over restarts too`() throws {
    let rig = try rig()
    let (one, two) = (try #require(one), try #require(two))
    let common = try credentials("all", "common secret", target: "target secret")
    let own = try credentials("two", "secret of two")
    _ = try set(rig, common)
    let facts = try set(rig, own, for: two)
    guard case .iSCSI(let access) = facts.connection else { throw Missing() }
    #expect(access.chap.map(\.initiator) == [nil, two])
    #expect(access.chap.map(\.user) == ["all", "two"])
    #expect(access.chap.map(\.targetUser) == ["array", nil])
    for _ in 0..<2 {
      #expect(rig.array.credentials(for: one) == common)
      #expect(rig.array.credentials(for: two) == own)
      try rig.reopen()
    }
    _ = try rig.array.removeInitiator(
      two, from: try #require(hosts), by: Rig.administrator)
    #expect(rig.array.credentials(for: two) == nil)
    _ = try set(rig, nil)
    #expect(rig.array.credentials(for: one) == nil)
  }

  struct Missing: Error {}

  @Test func `secrets are in no event, in no facts, and in records of their own only`() throws {
    let rig = try rig()
    _ = try set(rig, try credentials("all", "common secret", target: "target secret"))
    var shown = "\(rig.array.ldSets())\(rig.array.events(after: 0, limit: 100))"
    var hidden = ""
    for (key, value) in rig.engine.catalogue() {
      let name = String(decoding: key, as: UTF8.self)
      let text = String(decoding: value, as: UTF8.self)
      if name.hasPrefix(SecretRecord.prefix) { hidden += text } else { shown += text }
    }
    for secret in ["common secret", "target secret"] {
      #expect(!shown.contains(secret))
      #expect(hidden.contains(secret))
    }
  }

  @Test func `what a target proves with is not what any initiator proves with`() throws {
    let rig = try rig()
    _ = try set(rig, try credentials("all", "common secret", target: "target secret"))
    let crossed = try credentials("two", "target secret")
    #expect(refusal { _ = try set(rig, crossed, for: two) } == .unusableSecret)
    let stranger = try #require(ISCSIName("iqn.2026-01.example:other"))
    let own = try credentials("two", "secret of two")
    #expect(refusal { _ = try set(rig, own, for: stranger) } == .unknownInitiator)
  }
}
