import SedaiModel

/// Makes busy disks give way to those that a lower limit promises a rate.
///
/// What hosts want cannot be seen, only what they get: a disk below its lower limit may be
/// crowded out or may have nothing to do. So the others are slowed down step by step as long
/// as that makes it faster, and let go if it does not, for longer every time.
struct ShareControl: Sendable {
  /// Between two looks.
  static let periodNanoseconds: UInt64 = 100_000_000

  /// What is seen of a disk at a look.
  struct Reading: Sendable {
    /// Requests a second since the last look.
    var rate: Double
    /// What it was promised.
    var lower: Double?
  }

  /// A disk is short below this part of its promise, so that the rate kept is above 0.9 of it.
  private static let enough = 0.98
  private static let slowDown = 0.7
  private static let speedUp = 1.05
  /// No disk is slowed down to less than this part of what it had, nor to less than
  /// ``smallestCap`` requests a second.
  private static let leastPart = 0.05
  private static let smallestCap = 10.0
  /// Looks after which slowing others down must have helped.
  private static let patience = 8
  /// What counts as help.
  private static let improvement = 1.15
  /// Looks for which a disk that was not helped is not looked at again, first and at most.
  private static let firstRest = 50
  private static let longestRest = 600
  /// Looks in a row that find a disk short until its claim is looked at anew, and the rest then.
  private static let longestClaim = 100
  private static let shortestRest = 3
  /// A capped disk that leaves so much of its cap unused for ``idleLooks`` is let go.
  private static let unused = 0.8
  private static let idleLooks = 10

  private struct Cap: Sendable {
    var rate: Double
    /// Its rate before it was slowed down.
    let before: Double
    var idleLooks = 0
  }

  /// A disk for whose sake others give way, from the first of them to the last.
  private struct Claim: Sendable {
    /// Its rate when the others began to give way.
    let before: Double
    /// Looks in a row that found it short.
    var shortLooks = 0
  }

  private struct Rest: Sendable {
    var left: Int
    var length: Int
  }

  private var caps: [VolumeID: Cap] = [:]
  private var claims: [VolumeID: Claim] = [:]
  private var rests: [VolumeID: Rest] = [:]

  /// Whether nothing is kept from one look to the next.
  var isIdle: Bool { caps.isEmpty && claims.isEmpty && rests.isEmpty }

  /// Decides what every disk may have until the next look.
  ///
  /// - Returns: requests a second by disk; those that are not in it may have what there is.
  mutating func look(_ readings: [VolumeID: Reading]) -> [VolumeID: UInt32] {
    caps = caps.filter { readings[$0.key] != nil }
    countRestsDown(readings)
    let short = Set(readings.filter { isShort($0.key, $0.value) }.map(\.key))
    reviewClaims(readings, short)
    if claims.values.contains(where: { $0.shortLooks > 0 }) {
      slowOthersDown(readings, for: short)
    } else if !claims.isEmpty {
      letGo(readings)
    } else {
      caps = [:]
    }
    if caps.isEmpty { claims = claims.filter { $0.value.shortLooks > 0 } }
    return caps.mapValues { UInt32(max(Self.smallestCap, $0.rate)) }
  }

  private func isShort(_ id: VolumeID, _ reading: Reading) -> Bool {
    guard let lower = reading.lower, reading.rate > 0, rests[id]?.left ?? 0 == 0 else {
      return false
    }
    return reading.rate < lower * Self.enough
  }

  private mutating func countRestsDown(_ readings: [VolumeID: Reading]) {
    for (id, var rest) in rests {
      guard let reading = readings[id], let lower = reading.lower, reading.rate < lower else {
        rests[id] = nil
        continue
      }
      rest.left = max(0, rest.left - 1)
      rests[id] = rest
    }
  }

  private mutating func reviewClaims(
    _ readings: [VolumeID: Reading], _ short: Set<VolumeID>
  ) {
    for id in short where claims[id] == nil {
      claims[id] = Claim(before: readings[id]?.rate ?? 0)
    }
    for (id, var claim) in claims {
      guard let reading = readings[id], reading.rate > 0, reading.lower != nil else {
        claims[id] = nil
        continue
      }
      claim.shortLooks = short.contains(id) ? claim.shortLooks + 1 : 0
      claims[id] = claim
      if claim.shortLooks > Self.patience, reading.rate < claim.before * Self.improvement {
        let length = rests[id].map { min($0.length * 2, Self.longestRest) } ?? Self.firstRest
        rests[id] = Rest(left: length, length: length)
        claims[id] = nil
      } else if claim.shortLooks > Self.longestClaim {
        // Perhaps it wants no more by now: see what it gets without the others giving way.
        rests[id] = Rest(left: Self.shortestRest, length: Self.firstRest / 2)
        claims[id] = nil
      }
    }
  }

  private mutating func slowOthersDown(
    _ readings: [VolumeID: Reading], for short: Set<VolumeID>
  ) {
    for (id, reading) in readings where reading.rate > 0 && !short.contains(id) {
      let own = (reading.lower ?? 0) / Self.enough
      guard reading.rate > own else { continue }
      var cap = caps[id] ?? Cap(rate: reading.rate, before: reading.rate)
      let least = max(own, cap.before * Self.leastPart)
      cap.rate = max(least, min(cap.rate, reading.rate) * Self.slowDown)
      cap.idleLooks = 0
      caps[id] = cap
    }
  }

  private mutating func letGo(_ readings: [VolumeID: Reading]) {
    for (id, var cap) in caps {
      let rate = readings[id]?.rate ?? 0
      cap.idleLooks = rate < cap.rate * Self.unused ? cap.idleLooks + 1 : 0
      cap.rate *= Self.speedUp
      caps[id] = cap.rate > cap.before || cap.idleLooks >= Self.idleLooks ? nil : cap
    }
  }
}
