import SedaiModel
import Testing

/// Every operation in every state, against the table of states.md section 2.
@Suite struct SnapshotRulesTests {
  private static let then = Timestamp(nanoseconds: 1)
  private static let now = Timestamp(nanoseconds: 2)

  static let states: [SnapshotState] = [
    .empty, .active(since: then), .deleting(since: then), .deleted(at: then),
    .restoring(since: then, started: then), .fault(since: then),
  ]

  /// A generation in one of all situations.
  static var situations: [GenerationStanding] {
    get throws {
      let name = try #require(LogicalDiskName("sv1"))
      let base = try #require(LogicalDiskName("bv1"))
      let link = try #require(LogicalDiskName("lv1"))
      var all: [GenerationStanding] = []
      for state in states {
        for linkedBy in [nil, link] {
          for isGuarded in [false, true] {
            for isInTransition in [false, true] {
              all.append(
                GenerationStanding(
                  name: name, base: base, state: state, linkedBy: linkedBy,
                  isGuarded: isGuarded, isInTransition: isInTransition))
            }
          }
        }
      }
      return all
    }
  }

  private func base(
    linked: Bool = false, accessible: Bool = true, changing: Bool = false
  ) throws -> BaseStanding {
    BaseStanding(
      name: try #require(LogicalDiskName("bv1")),
      linkedBy: linked ? LogicalDiskName("lv1") : nil, isAccessible: accessible,
      isInTransition: changing)
  }

  private func refusal(_ body: () throws -> Void) -> MessageID? {
    do {
      try body()
      return nil
    } catch let error as DiskArrayError {
      return error.messageID
    } catch {
      Issue.record("not the array's error: \(error)")
      return nil
    }
  }

  /// What the table says where it forbids, in the order in which it is looked at.
  private func busyOr(_ standing: GenerationStanding, _ rest: MessageID?) -> MessageID? {
    standing.isInTransition || standing.state.isInTransition ? .generationInTransition : rest
  }

  private func protection(_ standing: GenerationStanding) -> MessageID? {
    if standing.linkedBy != nil { return .snapshotLinked }
    return standing.isGuarded ? .snapshotGuarded : nil
  }

  @Test func `create takes a vacant or active generation that is neither linked nor guarded`()
    throws
  {
    for standing in try Self.situations {
      let isFault = standing.state == .fault(since: Self.then)
      let expected = busyOr(standing, isFault ? .snapshotNotActive : protection(standing))
      var result: SnapshotState?
      let refused = refusal {
        result = try SnapshotRules.create(in: standing, of: try base(), at: Self.now)
      }
      #expect(refused == expected, "\(standing)")
      #expect(result == (expected == nil ? .active(since: Self.now) : nil), "\(standing)")
    }
  }

  @Test func `create needs a base volume that is there and left alone`() throws {
    let standing = try #require(try Self.situations.first)
    #expect(
      refusal {
        _ = try SnapshotRules.create(
          in: standing, of: try base(accessible: false), at: Self.now)
      } == .volumeInaccessible)
    #expect(
      refusal {
        _ = try SnapshotRules.create(in: standing, of: try base(changing: true), at: Self.now)
      } == .generationInTransition)
    #expect(
      refusal {
        _ = try SnapshotRules.create(in: standing, of: try base(linked: true), at: Self.now)
      } == nil)
  }

  @Test func `delete takes an active or broken snapshot that is neither linked nor guarded`()
    throws
  {
    for standing in try Self.situations {
      let expected = busyOr(
        standing, standing.state.isVacant ? .snapshotNotActive : protection(standing))
      var result: SnapshotState?
      let refused = refusal { result = try SnapshotRules.delete(standing, at: Self.now) }
      #expect(refused == expected, "\(standing)")
      #expect(result == (expected == nil ? .deleted(at: Self.now) : nil), "\(standing)")
    }
  }

  @Test func `restore takes an active snapshot, whatever its guard and link`() throws {
    for standing in try Self.situations {
      let isActive = standing.state == .active(since: Self.then)
      let expected = busyOr(standing, isActive ? nil : .snapshotNotActive)
      var result: SnapshotState?
      let refused = refusal {
        result = try SnapshotRules.beginRestore(
          of: try base(), from: standing, at: Self.now)
      }
      #expect(refused == expected, "\(standing)")
      if let result {
        #expect(result == .restoring(since: Self.then, started: Self.now))
      }
    }
    let active = try #require(
      try Self.situations.first { $0.state == .active(since: Self.then) })
    #expect(
      refusal {
        _ = try SnapshotRules.beginRestore(
          of: try base(linked: true), from: active, at: Self.now)
      } == .baseLinked)
    #expect(
      refusal {
        _ = try SnapshotRules.beginRestore(
          of: try base(changing: true), from: active, at: Self.now)
      } == .generationInTransition)
  }

  @Test func `guard needs an active snapshot and nothing else`() throws {
    for standing in try Self.situations {
      let isActive = standing.state == .active(since: Self.then)
      #expect(
        refusal { try SnapshotRules.changeGuard(of: standing) }
          == busyOr(standing, isActive ? nil : .snapshotNotActive), "\(standing)")
    }
  }

  @Test func `a generation is removed only while it holds no snapshot`() throws {
    for standing in try Self.situations {
      #expect(
        refusal { try SnapshotRules.remove(standing) }
          == busyOr(standing, standing.state.isVacant ? nil : .generationHoldsSnapshot),
        "\(standing)")
    }
  }

  @Test func `a wait ends when the state is there, and at once on a fault`() throws {
    for standing in try Self.situations where !standing.isInTransition {
      for condition in SnapshotCondition.allCases {
        if case .fault = standing.state {
          #expect(
            refusal { _ = try SnapshotRules.isOver(wait: condition, for: standing) }
              == .waitFault)
          continue
        }
        let isThere =
          condition == .active
          ? standing.state == .active(since: Self.then) : standing.state.isVacant
        #expect(try SnapshotRules.isOver(wait: condition, for: standing) == isThere)
      }
    }
  }
}

@Suite struct LinkRulesTests {
  private let volume = VolumeID(7)

  private func link(_ state: LinkState, base: String = "bv1") throws -> LinkStanding {
    LinkStanding(
      name: try #require(LogicalDiskName("lv1")), base: try #require(LogicalDiskName(base)),
      state: state, target: state.target == nil ? nil : LogicalDiskName("sv9"))
  }

  private func refusal(_ body: () throws -> Void) -> MessageID? {
    do {
      try body()
      return nil
    } catch {
      return (error as? DiskArrayError)?.messageID
    }
  }

  @Test func `link takes an active, unlinked generation of the link volume's base volume`()
    throws
  {
    for standing in try SnapshotRulesTests.situations {
      var expected: MessageID?
      if standing.isInTransition || standing.state.isInTransition {
        expected = .generationInTransition
      } else if standing.state.text != "snap/active" {
        expected = .linkTargetNotActive
      } else if standing.linkedBy != nil {
        expected = .snapshotAlreadyLinked
      }
      var result: LinkState?
      let refused = refusal {
        result = try LinkRules.link(
          try link(.unlinked), to: standing, volume: volume, access: .readOnly)
      }
      #expect(refused == expected, "\(standing)")
      #expect(result == (expected == nil ? .linked(.snapshot(volume), .readOnly) : nil))
    }
  }

  @Test func `a link volume is linked once, to its own family, and unlinked once`() throws {
    let target = try #require(
      try SnapshotRulesTests.situations.first { $0.state.text == "snap/active" })
    let linked = LinkState.linked(.snapshot(volume), .readWrite)
    #expect(
      refusal {
        _ = try LinkRules.link(
          try link(linked), to: target, volume: volume, access: .readWrite)
      } == .linkVolumeLinked)
    #expect(
      refusal {
        _ = try LinkRules.link(
          try link(.unlinked, base: "other"), to: target, volume: volume, access: .readWrite)
      } == .differentBase)
    #expect(
      refusal { _ = try LinkRules.unlink(try link(.unlinked), from: nil) }
        == .linkVolumeNotLinked)
    #expect(
      refusal { _ = try LinkRules.unlink(try link(linked), from: target.name) }
        == .otherSnapshotLinked)
    #expect(try LinkRules.unlink(try link(linked), from: nil) == .unlinked)
    #expect(refusal { try LinkRules.unbind(try link(linked)) } == .configurationWhileLinked)
    #expect(refusal { try LinkRules.unbind(try link(.unlinked)) } == nil)
  }

  @Test func `a base volume is linked once`() throws {
    let name = try #require(LogicalDiskName("bv1"))
    let free = BaseStanding(name: name)
    let taken = BaseStanding(name: name, linkedBy: LogicalDiskName("lv2"))
    #expect(
      try LinkRules.link(try link(.unlinked), to: free, volume: volume, access: .readWrite)
        == .linked(.base(volume), .readWrite))
    #expect(
      refusal {
        _ = try LinkRules.link(
          try link(.unlinked), to: taken, volume: volume, access: .readWrite)
      } == .baseAlreadyLinked)
  }
}

@Suite struct GenerationChoiceTests {
  private func candidate(
    _ number: Int, _ state: SnapshotState, _ sequence: UInt64 = 0
  ) -> GenerationChoice.Candidate {
    GenerationChoice.Candidate(number: number, state: state, sequence: sequence)
  }
  private let active = SnapshotState.active(since: Timestamp(nanoseconds: 5))
  private func deleted(_ at: UInt64) -> SnapshotState {
    .deleted(at: Timestamp(nanoseconds: at))
  }

  @Test func `cyclic use takes a vacant generation, else the oldest`() {
    #expect(GenerationChoice.cyclicTarget(of: []) == nil)
    let full = [candidate(1, active, 30), candidate(2, active, 10), candidate(3, active, 20)]
    #expect(GenerationChoice.cyclicTarget(of: full)?.number == 2)
    #expect(
      GenerationChoice.cyclicTarget(of: full + [candidate(5, .empty), candidate(4, deleted(1))])?
        .number == 4)
  }

  @Test func `an automatic delete frees that one, and nothing if one is vacant`() {
    let full = [candidate(1, active, 30), candidate(2, active, 10)]
    #expect(GenerationChoice.automaticDelete(of: full)?.number == 2)
    #expect(GenerationChoice.automaticDelete(of: full + [candidate(3, .empty)]) == nil)
    #expect(GenerationChoice.automaticDelete(of: []) == nil)
  }

  @Test func `a removal without name prefers what was deleted last and never a snapshot`() {
    #expect(GenerationChoice.removalTarget(of: [candidate(1, active, 1)]) == nil)
    let mixed = [
      candidate(1, deleted(10)), candidate(2, deleted(20)), candidate(3, .empty),
      candidate(4, active, 9),
    ]
    #expect(GenerationChoice.removalTarget(of: mixed)?.number == 2)
    #expect(
      GenerationChoice.removalTarget(of: [candidate(1, .empty), candidate(3, .empty)])?.number
        == 3)
  }
}
