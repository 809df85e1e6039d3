import ArgumentParser
import Foundation
import SedaiAPI

/// A number of bytes as people type it: `4GiB`, `4G`, `512m`, `1048576`. Units count in 1024.
struct ByteSize: ExpressibleByArgument, Hashable {
  let bytes: UInt64

  init?(argument: String) {
    let digits = argument.prefix { $0.isASCII && $0.isNumber }
    guard let number = UInt64(digits), let shift = Self.shift(argument.dropFirst(digits.count))
    else { return nil }
    let (bytes, overflow) = number.multipliedReportingOverflow(by: 1 << shift)
    guard !overflow else { return nil }
    self.bytes = bytes
  }

  private static func shift(_ unit: Substring) -> UInt64? {
    switch unit.lowercased() {
    case "", "b": 0
    case "k", "kb", "kib": 10
    case "m", "mb", "mib": 20
    case "g", "gb", "gib": 30
    case "t", "tb", "tib": 40
    default: nil
    }
  }
}

/// How quantities are shown to people.
enum Shown {
  /// `47.4GiB`: the largest unit that leaves at least 1, one decimal unless it is whole.
  static func bytes(_ bytes: UInt64) -> String {
    let units = ["TiB", "GiB", "MiB", "KiB"]
    for (index, unit) in units.enumerated() {
      let shift = UInt64(40 - 10 * index)
      guard bytes >> shift > 0 else { continue }
      let whole = bytes >> shift
      let tenths = (((bytes & ((1 << shift) - 1)) >> (shift - 10)) * 10) >> 10
      return tenths == 0 && bytes & ((1 << shift) - 1) == 0
        ? "\(whole)\(unit)" : "\(whole).\(tenths)\(unit)"
    }
    return "\(bytes)B"
  }

  /// Whole per cents; more than nothing is never shown as 0.
  static func percent(_ part: UInt64, of whole: UInt64) -> String {
    guard whole > 0 else { return "-" }
    let percent = Int((Double(part) * 100 / Double(whole)).rounded())
    return "\(part > 0 ? max(1, percent) : 0)%"
  }

  /// `2026-01-31 09:15:00` in the time zone of this host.
  static func time(_ seconds: Int64?) -> String? {
    guard let seconds else { return nil }
    let parts = Calendar(identifier: .gregorian).dateComponents(
      [.year, .month, .day, .hour, .minute, .second],
      from: Date(timeIntervalSince1970: TimeInterval(seconds)))
    func two(_ value: Int?) -> String {
      let value = value ?? 0
      return value < 10 ? "0\(value)" : "\(value)"
    }
    return "\(parts.year ?? 0)-\(two(parts.month))-\(two(parts.day)) "
      + "\(two(parts.hour)):\(two(parts.minute)):\(two(parts.second))"
  }

  /// `1h02m`, `2m03s`, `4s`.
  static func duration(_ seconds: UInt64) -> String {
    func two(_ value: UInt64) -> String { value < 10 ? "0\(value)" : "\(value)" }
    if seconds >= 3600 { return "\(seconds / 3600)h\(two(seconds / 60 % 60))m" }
    if seconds >= 60 { return "\(seconds / 60)m\(two(seconds % 60))s" }
    return "\(seconds)s"
  }

  /// `0x2a` as operators know it: `002ah`.
  static func number(_ number: UInt32?) -> String? {
    number.map { number in
      let digits = String(number, radix: 16)
      return String(repeating: "0", count: max(0, 4 - digits.count)) + digits + "h"
    }
  }
}
