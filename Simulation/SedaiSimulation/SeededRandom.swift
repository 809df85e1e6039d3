/// A source of random numbers that gives the same numbers for the same seed on every machine.
///
/// - Source: Blackman and Vigna, xoshiro256**; its state is filled by SplitMix64.
public struct SeededRandom: RandomNumberGenerator, Sendable {
  private var state: (UInt64, UInt64, UInt64, UInt64)

  public init(seed: UInt64) {
    var mixer = seed
    state = (
      Self.splitMix(&mixer), Self.splitMix(&mixer), Self.splitMix(&mixer), Self.splitMix(&mixer)
    )
  }

  private static func splitMix(_ state: inout UInt64) -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var value = state
    value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
    value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
    return value ^ (value >> 31)
  }

  public mutating func next() -> UInt64 {
    let scaled = state.1 &* 5
    let result = ((scaled << 7) | (scaled >> 57)) &* 9
    let shifted = state.1 << 17
    state.2 ^= state.0
    state.3 ^= state.1
    state.1 ^= state.2
    state.0 ^= state.3
    state.2 ^= shifted
    state.3 = (state.3 << 45) | (state.3 >> 19)
    return result
  }

  /// True `count` times in `total`.
  public mutating func chance(_ count: UInt64, in total: UInt64) -> Bool {
    next(upperBound: total) < count
  }

  /// A number in 0..<`bound`.
  public mutating func below(_ bound: UInt64) -> UInt64 { next(upperBound: bound) }

  /// A number in 0..<`bound`, for indices.
  public mutating func below(_ bound: Int) -> Int { Int(next(upperBound: UInt64(bound))) }

  /// One of `choices`; nil if there are none.
  public mutating func pick<Choices: RandomAccessCollection>(
    _ choices: Choices
  ) -> Choices.Element? {
    choices.isEmpty
      ? nil : choices[choices.index(choices.startIndex, offsetBy: below(choices.count))]
  }

  /// A source of its own that depends on this one's state, which moves on.
  public mutating func fork() -> SeededRandom { SeededRandom(seed: next()) }
}
