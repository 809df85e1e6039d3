/// Answers the keys of an initiator and keeps what comes out.
/// - Source: RFC 7143 §6.2 and §13.
struct LoginNegotiation: Sendable {
  private(set) var parameters = ISCSIParameters()
  /// The initiator has to prove who it is.
  var needsCHAP = false
  /// The keys that were answered; one may not come twice.
  private var answered: Set<String> = []
  private var hasToldOwn = false

  private static let method = "AuthMethod"
  private static let yes = "Yes"
  private static let no = "No"
  private static let reject = "Reject"
  private static let none = "None"
  private static let checksum = "CRC32C"

  /// Keys that declare something about the initiator and get no answer.
  private static let declarations: Set<String> = [
    "InitiatorName", "InitiatorAlias", "SessionType", "TargetName", "MaxRecvDataSegmentLength",
  ]

  /// How the initiator proves who it is has been agreed on.
  var hasChosenMethod: Bool { answered.contains(Self.method) }

  /// - Returns: nil if a key was negotiated before, or its value cannot be so.
  mutating func answer(_ offers: TextKeys) -> TextKeys? {
    var answers = TextKeys()
    for offer in offers.pairs {
      guard answered.insert(offer.key).inserted else { return nil }
      if Self.declarations.contains(offer.key) {
        guard takeDeclaration(offer.key, offer.value) else { return nil }
      } else {
        answers.append(offer.key, answer(offer.key, offer.value))
      }
    }
    return answers
  }

  /// What the target declares about itself; empty the second time.
  mutating func ownDeclarations() -> TextKeys {
    var keys = TextKeys()
    guard !hasToldOwn else { return keys }
    hasToldOwn = true
    keys.append("MaxRecvDataSegmentLength", String(ISCSILimits.maximumReceivedBytes))
    return keys
  }

  private mutating func takeDeclaration(_ key: String, _ value: String) -> Bool {
    guard key == "MaxRecvDataSegmentLength" else { return true }
    guard let bytes = Self.number(value), (512...0xFF_FFFF).contains(bytes) else { return false }
    parameters.maximumSentBytes = bytes
    return true
  }

  private mutating func answer(_ key: String, _ value: String) -> String {
    switch key {
    case Self.method: return Self.choose([needsCHAP ? "CHAP" : Self.none], from: value)
    case "HeaderDigest": return digest(value, \.header)
    case "DataDigest": return digest(value, \.data)
    case "InitialR2T": return flag(value, \.isR2TNeeded) { $0 }
    case "ImmediateData": return flag(value, \.isImmediateDataAllowed) { $0 }
    case "MaxBurstLength":
      return least(value, ISCSILimits.maximumBurstBytes, 512...0xFF_FFFF, \.maximumBurstBytes)
    case "FirstBurstLength":
      return least(value, ISCSILimits.firstBurstBytes, 512...0xFF_FFFF, \.firstBurstBytes)
    case "MaxOutstandingR2T":
      return least(
        value, ISCSILimits.maximumOutstandingR2Ts, 1...65_535, \.maximumOutstandingR2Ts)
    default: return Self.constant(key, value)
    }
  }

  /// Keys whose outcome changes nothing here.
  private static func constant(_ key: String, _ value: String) -> String {
    switch key {
    case "MaxConnections": return least(value, 1, 1...65_535)
    case "ErrorRecoveryLevel": return least(value, 0, 0...2)
    case "DefaultTime2Retain": return least(value, 0, 0...3600)
    case "DefaultTime2Wait":
      guard let seconds = number(value), (0...3600).contains(seconds) else { return reject }
      return String(max(seconds, 2))
    case "DataPDUInOrder", "DataSequenceInOrder":
      // Either side's wish for order is enough.
      return value == yes || value == no ? yes : reject
    case "OFMarker", "IFMarker": return no
    case "OFMarkInt", "IFMarkInt": return "Irrelevant"
    case "TaskReporting": return choose(["RFC3720"], from: value)
    case "iSCSIProtocolLevel": return least(value, 1, 0...31)
    default: return "NotUnderstood"
    }
  }

  private mutating func digest(
    _ value: String, _ part: WritableKeyPath<ISCSIDigests, Bool>
  ) -> String {
    let chosen = Self.choose([Self.checksum, Self.none], from: value)
    parameters.digests[keyPath: part] = chosen == Self.checksum
    return chosen
  }

  private mutating func flag(
    _ value: String, _ place: WritableKeyPath<ISCSIParameters, Bool>,
    _ outcome: (Bool) -> Bool
  ) -> String {
    guard value == Self.yes || value == Self.no else { return Self.reject }
    let result = outcome(value == Self.yes)
    parameters[keyPath: place] = result
    return result ? Self.yes : Self.no
  }

  private mutating func least(
    _ value: String, _ own: Int, _ range: ClosedRange<Int>,
    _ place: WritableKeyPath<ISCSIParameters, Int>
  ) -> String {
    guard let offered = Self.number(value), range.contains(offered) else { return Self.reject }
    parameters[keyPath: place] = min(offered, own)
    return String(min(offered, own))
  }

  private static func least(_ value: String, _ own: Int, _ range: ClosedRange<Int>) -> String {
    guard let offered = number(value), range.contains(offered) else { return reject }
    return String(min(offered, own))
  }

  /// The first that the initiator lists and that is possible here.
  static func choose(_ possible: Set<String>, from list: String) -> String {
    list.split(separator: ",").map(String.init).first(where: possible.contains) ?? reject
  }

  /// A decimal number, or a hexadecimal one with 0x.
  static func number(_ text: String) -> Int? {
    if text.hasPrefix("0x") || text.hasPrefix("0X") { return Int(text.dropFirst(2), radix: 16) }
    guard text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
    return Int(text)
  }

  /// What is agreed when login is over.
  var outcome: ISCSIParameters {
    var outcome = parameters
    outcome.firstBurstBytes = min(outcome.firstBurstBytes, outcome.maximumBurstBytes)
    return outcome
  }
}
