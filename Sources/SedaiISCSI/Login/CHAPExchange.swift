public import SedaiModel

/// The hash functions by which sides of a login prove themselves.
/// - Source: RFC 7143 §12.1.3 and IANA's PPP authentication algorithms.
public enum CHAPAlgorithm: Int, Hashable, Sendable {
  case md5 = 5
  case sha256 = 7

  var hashBytes: Int {
    switch self {
    case .md5: 16
    case .sha256: 32
    }
  }
}

/// What an initiator has to answer before it may log in.
public struct CHAPChallenge: Sendable {
  let credentials: CHAPCredentials
  let identifier: UInt8
  let challenge: [UInt8]
  let hash: @Sendable (CHAPAlgorithm, [UInt8]) -> [UInt8]

  /// - Parameters:
  ///   - identifier: random.
  ///   - challenge: as many random bytes as the longest hash has.
  ///   - hash: the hash of bytes by an algorithm.
  public init(
    _ credentials: CHAPCredentials, identifier: UInt8, challenge: [UInt8],
    hash: @escaping @Sendable (CHAPAlgorithm, [UInt8]) -> [UInt8]
  ) {
    self.credentials = credentials
    self.identifier = identifier
    self.challenge = challenge
    self.hash = hash
  }
}

/// The target's side of a proof by CHAP: it chooses the hash function and sends a challenge,
/// judges the answer, and proves itself if the initiator wants that.
/// - Source: RFC 7143 §12.1.3, RFC 1994.
struct CHAPExchange: Sendable {
  private enum Step {
    case algorithm
    case response(CHAPAlgorithm)
    case done
  }

  /// The initiator did not prove what it has to.
  struct Refusal: Error {}

  private let challenge: CHAPChallenge
  private var step = Step.algorithm

  /// Keys of the exchange, which no other part of a login answers.
  static let keyPrefix = "CHAP_"
  static let longestChallenge = 1024

  init(_ challenge: CHAPChallenge) { self.challenge = challenge }

  var isDone: Bool {
    if case .done = step { return true }
    return false
  }

  /// Takes what the initiator says in one request.
  ///
  /// - Returns: the answers; none if it said nothing of this.
  mutating func take(_ keys: TextKeys) throws(Refusal) -> TextKeys {
    guard !keys.pairs.isEmpty else { return TextKeys() }
    switch step {
    case .algorithm: return try choose(keys)
    case .response(let algorithm): return try judge(keys, algorithm)
    case .done: throw Refusal()
    }
  }

  private mutating func choose(_ keys: TextKeys) throws(Refusal) -> TextKeys {
    guard let list = keys["CHAP_A"],
      let algorithm = list.split(separator: ",").lazy
        .compactMap({ LoginNegotiation.number(String($0)) })
        .compactMap(CHAPAlgorithm.init(rawValue:)).first
    else { throw Refusal() }
    step = .response(algorithm)
    var answers = TextKeys()
    answers.append("CHAP_A", String(algorithm.rawValue))
    answers.append("CHAP_I", String(challenge.identifier))
    answers.append("CHAP_C", BinaryValue.text(challenge.challenge))
    return answers
  }

  private mutating func judge(
    _ keys: TextKeys, _ algorithm: CHAPAlgorithm
  ) throws(Refusal) -> TextKeys {
    guard let user = keys["CHAP_N"],
      let response = keys["CHAP_R"].flatMap({ BinaryValue.bytes($0, limit: algorithm.hashBytes) })
    else { throw Refusal() }
    let initiator = challenge.credentials.initiator
    let expected = answer(
      algorithm, challenge.identifier, initiator.secret, challenge.challenge)
    // Both are always compared, so that time does not tell which one was wrong.
    let isNamed = Self.areEqual(Array(user.utf8), Array(initiator.user.utf8))
    let isProven = Self.areEqual(response, expected)
    guard isNamed && isProven else { throw Refusal() }
    let answers = try prove(keys, algorithm)
    step = .done
    return answers
  }

  /// Proves the target's own identity where the initiator asks for it.
  private func prove(
    _ keys: TextKeys, _ algorithm: CHAPAlgorithm
  ) throws(Refusal) -> TextKeys {
    guard keys["CHAP_I"] != nil || keys["CHAP_C"] != nil else { return TextKeys() }
    guard let own = challenge.credentials.target,
      let identifier = keys["CHAP_I"].flatMap(LoginNegotiation.number).flatMap(
        UInt8.init(exactly:)),
      let theirs = keys["CHAP_C"].flatMap({ BinaryValue.bytes($0, limit: Self.longestChallenge) }),
      !theirs.isEmpty,
      // Who sends the target's challenge back wants it to answer itself.
      theirs != challenge.challenge
    else { throw Refusal() }
    var answers = TextKeys()
    answers.append("CHAP_N", own.user)
    answers.append("CHAP_R", BinaryValue.text(answer(algorithm, identifier, own.secret, theirs)))
    return answers
  }

  private func answer(
    _ algorithm: CHAPAlgorithm, _ identifier: UInt8, _ secret: CHAPSecret, _ challenge: [UInt8]
  ) -> [UInt8] {
    self.challenge.hash(algorithm, [identifier] + secret.bytes + challenge)
  }

  /// Compares in a time that tells only the lengths.
  static func areEqual(_ left: [UInt8], _ right: [UInt8]) -> Bool {
    guard left.count == right.count else { return false }
    var difference: UInt8 = 0
    for (one, other) in zip(left, right) { difference |= one ^ other }
    return difference == 0
  }
}
