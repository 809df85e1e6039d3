import SedaiAPI
import SedaiModel
import Testing

@Suite struct ProblemTests {
  @Test func carriesTheCataloguesTextIdAndClass() {
    let problem = Problem(.unknownVolume, ["name": .text("bv9")], status: 404)
    #expect(problem.title == "Volume bv9 does not exist.")
    #expect(problem.messageID == "iSM19408")
    #expect(problem.messageClass == .error)
    #expect(problem.type == "urn:sedai:message:iSM19408")
    #expect(problem.exitStatus == .error)
  }

  @Test func endsACommandAsTheCatalogueSays() {
    #expect(Problem(.waitTimedOut).exitStatus == .timeout)
    #expect(Problem(.unknownOption).exitStatus == .usage)
  }

  @Test func neverEndsACommandWithSuccess() {
    #expect(Problem(.createEnded).exitStatus == .error)
    #expect(Problem(messageID: "iSM99999", title: "?", status: 500).exitStatus == .error)
    #expect(Problem(messageID: "nonsense", title: "?", status: 500).exitStatus == .error)
  }

  @Test(arguments: MessageClass.allCases)
  func spellsEveryClassAsMessageLinesDo(messageClass: MessageClass) {
    #expect(MessageClassName(messageClass).rawValue == messageClass.title)
  }
}

@Suite struct WaitConditionTests {
  @Test func isMetByTheStatesThatLeaveNothingToWaitFor() {
    let met = { (condition: WaitCondition) in
      Set(GenerationState.allCases.filter { condition.isMet(by: $0) })
    }
    #expect(met(.active) == [.active])
    #expect(met(.deleted) == [.deleted, .empty])
  }
}
