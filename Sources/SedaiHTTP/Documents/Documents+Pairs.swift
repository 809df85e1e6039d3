import SedaiAPI
import SedaiArray
import SedaiModel

extension PairDocument {
  /// - Parameter differenceBytes: in which the volumes differ, if that was found out.
  init(_ facts: PairFacts, differenceBytes: UInt64? = nil) {
    self.init(
      master: Member(facts.master), replica: Member(facts.replica), state: facts.state,
      activity: facts.activity, previousActivity: facts.previousActivity,
      copyMode: facts.copyMode, access: AccessModeName(facts.access), use: facts.use,
      startedAt: facts.startedAt.secondsSince1970, endedAt: facts.endedAt?.secondsSince1970,
      differenceBytes: differenceBytes, remainingBytes: facts.remainingBytes)
  }
}

extension PairDocument.Member {
  init(_ facts: DiskFacts) {
    self.init(
      name: facts.name.rawValue, number: facts.number?.rawValue,
      osType: facts.osType?.rawValue, pool: facts.poolName.rawValue)
  }
}

extension PairRequest {
  /// The volumes it names.
  func selection() throws(DiskArrayError) -> PairSelection {
    PairSelection(master: try master.disk(), replica: try replica.disk())
  }
}
