import NIOHTTP1
import SedaiAPI
import SedaiArray
import SedaiBytes
import SedaiClient
import Testing

@Suite struct ResourceTests {
  @Test func aSnapshotIsTakenLinkedRestoredAndDeleted() async throws {
    try await ServedArray.with { served in
      let client = served.client
      try await served.makeFamily()
      let taken = try await served.snapshot()
      #expect(taken.state == .active)
      #expect(taken.age == 1)
      #expect(taken.name == "sv_01")

      let link: LinkVolumeDocument = try await client.send(
        .put, APIPath.member(APIPath.linkVolumes, "lv") + APIPath.link,
        LinkRequest(source: .relativeGeneration(baseVolume: "bv", age: 1), access: .readOnly))
      #expect(link.linkedTo == "sv_01")
      #expect(link.access == .readOnly)
      let family = try await client.family(of: .name("lv"))
      #expect(family.baseVolume.kind == .base)
      #expect(family.subject == .linkVolume(name: "lv"))
      #expect(family.generations.map(\.name) == ["sv_01", "sv_02", "sv_03"])
      #expect(family.generations.first?.linkedTo == "lv")

      try await client.send(
        .delete, APIPath.member(APIPath.linkVolumes, "lv") + APIPath.link,
        query: [(APIQuery.source, "sv_01")])
      let restored: GenerationSetDocument = try await client.send(
        .post, APIPath.restoreSnapshots,
        RestoreSetRequest(members: [
          GenerationSelection(baseVolume: .name("bv"), generation: .name("sv_01"))
        ]))
      #expect(restored.generations.map(\.name) == ["sv_01"])
      let deleted: GenerationSetDocument = try await client.send(
        .post, APIPath.deleteSnapshots,
        GenerationSetRequest(members: [
          GenerationSelection(
            baseVolume: .name("bv"),
            generation: .absoluteGeneration(baseVolume: "bv", number: 1))
        ]))
      #expect(deleted.generations.map(\.state) == [.deleted])
    }
  }

  @Test func aSetIsTakenAsAWholeOrNotAtAll() async throws {
    try await ServedArray.with { served in
      try await served.makeFamily()
      try await served.makeFamily("other", generations: 1)
      let both = GenerationSetRequest(members: [
        GenerationSelection(baseVolume: .name("bv")),
        GenerationSelection(baseVolume: .name("other")),
      ])
      let done: GenerationSetDocument = try await served.client.send(
        .post, APIPath.createSnapshots, both)
      #expect(done.generations.map(\.baseVolume) == ["bv", "other"])
      let _: GenerationDocument = try await served.client.send(
        .post, APIPath.guardSnapshot,
        GuardRequest(
          generation: .relativeGeneration(baseVolume: "other", age: 1), isGuarded: true))
      let problem = await refusal {
        let _: GenerationSetDocument = try await served.client.send(
          .post, APIPath.createSnapshots, both)
      }
      #expect(problem?.messageID == "iSM19413")
      #expect(problem?.status == 409)
      let family = try await served.client.family(of: .name("bv"))
      #expect(family.generations.filter { $0.state == .active }.count == 1)
    }
  }

  @Test func sizesAndDifferencesAreToldOnDemand() async throws {
    try await ServedArray.with { served in
      try await served.makeFamily()
      try await served.snapshot()
      let family = try await served.client.family(of: .name("bv"), withSizes: true)
      #expect(family.generations.first?.exclusiveBytes == 0)
      let plain = try await served.client.family(of: .name("bv"))
      #expect(plain.generations.first?.exclusiveBytes == nil)
      let differences: DifferencesDocument = try await served.client.get(
        APIPath.member(APIPath.logicalDisks, "bv") + APIPath.differences,
        query: [(APIQuery.other, "bv.-1")])
      #expect(differences.ranges.isEmpty)
      #expect(differences.next == nil)
      let space: SpaceDocument = try await served.client.send(
        .post, APIPath.space, SpaceRequest(volumes: [.name("sv_01")]))
      #expect(space.allocatedBytes == 0)
    }
  }

  @Test func aReservesUseIsToldByBaseVolume() async throws {
    try await ServedArray.with { served in
      try await served.makeFamily()
      let volume = try #require(served.array.open(export: "bv", for: .localAdministrator))
      let bytes = [UInt8](repeating: 1, count: 65536)
      try bytes.withBytes(0..<65536) { try volume.write(at: 0, from: $0) }
      try await served.snapshot()
      try bytes.withBytes(0..<4096) { try volume.write(at: 0, from: $0) }
      let usage: ReserveUsageDocument = try await served.client.get(
        APIPath.member(APIPath.reserves, "p") + APIPath.usage)
      let family = FamilyUsageDocument(
        baseVolume: "bv", generations: 1, hasUndo: false, allocatedBytes: 65536,
        validBytes: 4096)
      #expect(
        usage
          == ReserveUsageDocument(
            pool: "p", capacity: 16 << 20, usedBytes: 65536, validBytes: 4096,
            beingReclaimedBytes: 0, families: [family]))
      let problem = await refusal {
        let _: ReserveUsageDocument = try await served.client.get(
          APIPath.member(APIPath.reserves, "q") + APIPath.usage)
      }
      #expect(problem?.status == 404)
    }
  }

  @Test func poolsReservesDisksAndSetsAreListedChangedAndDeleted() async throws {
    try await ServedArray.with { served in
      let client = served.client
      try await served.makeFamily()
      let byNumber: PoolDocument = try await client.get(APIPath.member(APIPath.pools, "0"))
      #expect(byNumber.name == "p")
      let reserve: ReserveDocument = try await client.send(
        .patch, APIPath.member(APIPath.reserves, "p"),
        ReserveChangeRequest(policy: .keepGenerations, warningThreshold: 50))
      #expect(reserve.policy == .keepGenerations)
      #expect(reserve.warningThreshold == 50)
      #expect(reserve.criticalThreshold == 90)
      let disk: LogicalDiskDocument = try await client.send(
        .patch, APIPath.member(APIPath.logicalDisks, "bv"),
        LogicalDiskChangeRequest(capacity: 8 << 20))
      #expect(disk.capacity == 8 << 20)
      let _: LDSetDocument = try await client.send(
        .post, APIPath.ldSets, LDSetCreateRequest(name: "hosts", osType: "LX"))
      let set: LDSetDocument = try await client.send(
        .post, APIPath.member(APIPath.ldSets, "hosts") + APIPath.disks,
        LDSetDiskRequest(disk: .name("lv")))
      #expect(set.disks.map(\.lun) == [1])
      let _: LDSetDocument = try await client.send(
        .post, APIPath.member(APIPath.ldSets, "hosts") + APIPath.clients,
        LDSetClientRequest(client: "host a/b"))
      try await client.send(
        .delete, APIPath.member(APIPath.ldSets, "hosts") + APIPath.clients,
        query: [(APIQuery.client, "host a/b")])
      try await client.send(
        .delete, APIPath.member(APIPath.ldSets, "hosts") + APIPath.disks + "/lv")
      try await client.send(.delete, APIPath.member(APIPath.ldSets, "hosts"))
      let disks: Listing<LogicalDiskDocument> = try await client.get(APIPath.logicalDisks)
      #expect(disks.items.map(\.kind) == [.base, .snapshot, .snapshot, .snapshot, .link])
      let events: Listing<EventDocument> = try await client.get(
        APIPath.events, query: [(APIQuery.limit, "2")])
      #expect(events.items.map(\.number) == [1, 2])
      let status: StatusDocument = try await client.get(APIPath.status)
      #expect(status.logicalDisks == 5)
      #expect(status.nbdSocketDirectory == "/nbd")
    }
  }

  @Test func oneRequestNeverDoesHalfOfTwoThings() async throws {
    try await ServedArray.with { served in
      try await served.makeFamily()
      let problem = await refusal {
        let _: LogicalDiskDocument = try await served.client.send(
          .patch, APIPath.member(APIPath.logicalDisks, "bv"),
          LogicalDiskChangeRequest(name: "new", capacity: 8 << 20))
      }
      #expect(problem?.messageID == "iSM42524")
      let disk: LogicalDiskDocument = try await served.client.get(
        APIPath.member(APIPath.logicalDisks, "bv"))
      #expect(disk.capacity == 4 << 20)
    }
  }

  @Test func namesThatMeanNothingAreToldWithTheirMessage() async throws {
    try await ServedArray.with { served in
      try await served.makeFamily()
      let cases: [(String, String)] = [
        (APIPath.member(APIPath.families, "nosuch"), "iSM19408"),
        (APIPath.member(APIPath.generations, "nosuch"), "iSM19408"),
        (APIPath.member(APIPath.generations, "bv.-1"), "iSM19416"),
        (APIPath.member(APIPath.generations, "bv.9"), "iSM19416"),
        (APIPath.member(APIPath.generations, "bv"), "iSM19409"),
        (APIPath.member(APIPath.logicalDisks, "nosuch"), "iSM31134"),
        (APIPath.member(APIPath.pools, "nosuch"), "iSM31103"),
        (APIPath.member(APIPath.ldSets, "nosuch"), "iSM31119"),
        (APIPath.member(APIPath.jobs, "99"), "iSM31132"),
      ]
      for (path, id) in cases {
        let answer = try await served.raw(.GET, path)
        #expect(answer.problem?.messageID == id, "\(path)")
        #expect(answer.status == 404 || answer.status == 409, "\(path)")
        #expect(answer.headers.first(name: "content-type") == Problem.mediaType)
      }
    }
  }
}

@Suite struct WaitTests {
  @Test func aWaitThatIsOverAnswersAtOnce() async throws {
    try await ServedArray.with { served in
      try await served.makeFamily()
      let taken = try await served.snapshot()
      guard case .met = try await served.client.wait(for: .active, of: taken, limit: nil) else {
        Issue.record("an active snapshot was waited for")
        return
      }
      guard
        case .timedOut(let now) = try await served.client.wait(
          for: .deleted, of: taken, limit: .zero)
      else {
        Issue.record("an active snapshot counted as deleted")
        return
      }
      #expect(now.state == .active)
    }
  }

  @Test func aWaitEndsWhenTheGenerationGetsThereWhateverIsTakenMeanwhile() async throws {
    try await ServedArray.with { served in
      try await served.makeFamily()
      let taken = try await served.snapshot()
      async let outcome = served.client.wait(for: .deleted, of: taken, limit: .seconds(60))
      try await served.snapshot()
      let _: GenerationSetDocument = try await served.client.send(
        .post, APIPath.deleteSnapshots,
        GenerationSetRequest(members: [
          GenerationSelection(baseVolume: .name("bv"), generation: taken.reference)
        ]))
      guard case .met(let now) = try await outcome else {
        Issue.record("the wait did not end with the deletion")
        return
      }
      #expect(now.absolute == taken.absolute)
    }
  }

  @Test func aStopDoesNotWaitForThoseWhoWait() async throws {
    try await ServedArray.with { served in
      try await served.makeFamily()
      let taken = try await served.snapshot()
      let clock = ContinuousClock()
      let began = clock.now
      let wanted = APIQuery.maximumWaitSeconds
      async let answer = served.raw(
        .GET, APIPath.member(APIPath.generations, taken.label) + "?wait=deleted&seconds=\(wanted)")
      while try await served.client.family(of: .name("bv")).generations.isEmpty {}
      await served.stop()
      _ = try? await answer
      // Whoever is left waiting holds the stop up for all the time that was asked for.
      #expect(clock.now - began < .seconds(wanted))
    }
  }
}
