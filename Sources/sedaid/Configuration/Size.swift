import ArgumentParser

/// A number of bytes as people write it: `100GiB`, `512m`, `1048576`. Units count in 1024.
struct Size: ExpressibleByArgument, Hashable, Sendable {
  let bytes: UInt64

  init?(argument: String) {
    let digits = argument.prefix { $0.isASCII && $0.isNumber }
    let unit = argument.dropFirst(digits.count).lowercased()
    let shifts: [String: UInt64] = [
      "": 0, "b": 0, "k": 10, "kb": 10, "kib": 10, "m": 20, "mb": 20, "mib": 20, "g": 30,
      "gb": 30, "gib": 30, "t": 40, "tb": 40, "tib": 40,
    ]
    guard let number = UInt64(digits), let shift = shifts[unit] else { return nil }
    let (bytes, overflow) = number.multipliedReportingOverflow(by: 1 << shift)
    guard !overflow else { return nil }
    self.bytes = bytes
  }
}
