import Foundation
import SedaiBytes
import SedaiEngine
import SedaiFormat

extension SedaiCheck {
  func tell(_ report: CheckReport) {
    if report.neededRecovery {
      print("The array was not stopped in good order; its journal was applied in memory.")
    }
    for finding in report.findings { print("\(label(finding.kind)): \(finding.text)") }
    let more = report.findingCount - report.findings.count
    if more > 0 { print("… and \(more) more.") }
    print(
      "\(report.images) images, \(report.mapPages) map pages, \(report.chunks) chunks checked.")
    if report.isSound {
      print("Everything is sound.")
    } else if report.wasRepaired {
      print("Counts and sums were rebuilt from the trees.")
    } else if repair, report.damageCount > 0 {
      print("Nothing was repaired: what a damaged page held cannot be known.")
    } else if report.damageCount == 0 {
      print("\(report.findingCount) problems. --repair rebuilds counts and sums.")
    } else {
      print(
        "\(report.findingCount) problems, of which \(report.damageCount) damaged or contradictory "
          + "pages: bring the system area back from a copy.")
    }
  }

  private func label(_ kind: CheckFinding.Kind) -> String {
    switch kind {
    case .damage: "damage"
    case .count: "count"
    case .accounting: "sum"
    case .member: "pool file"
    }
  }

  func show(_ check: EngineCheck) throws {
    if let image { return try showMap(of: ImageID(image), check) }
    print("POOL  TOTAL CHUNKS  ALLOCATED  PROMISED  RESERVE  STATE")
    for pool in check.pools() {
      print(
        "\(pad(pool.pool.rawValue, 4))  \(pad(pool.total, 12))  \(pad(pool.allocated, 9))"
          + "  \(pad(pool.promised, 8))  \(pad(pool.reserve, 7))  \(pool.condition)")
    }
    print("\nIMAGE  ROLE        POOL  BYTES             INDICES  OVERLAYS  MAP PAGES")
    for image in check.images() {
      let role = "\(image.role)".padding(toLength: 10, withPad: " ", startingAt: 0)
      print(
        "\(pad(image.id.rawValue, 5))  \(role)  \(pad(image.pool.rawValue, 4))"
          + "  \(pad(image.length.rawValue, 16))  \(pad(image.mappedChunks, 7))"
          + "  \(pad(image.overlayChunks, 8))  \(pad(image.mapPages, 9))")
    }
    print("\nRECORDS")
    for (key, value) in check.catalogue() {
      let name = String(decoding: key, as: UTF8.self)
      let isSecret = name.hasPrefix(SecretRecord.prefix)
      print("\(name) \(isSecret ? "(not shown)" : String(decoding: value, as: UTF8.self))")
    }
  }

  private func showMap(of image: ImageID, _ check: EngineCheck) throws {
    print("INDEX        OWN CHUNK  BLOCKS            BASE CHUNK  BLOCKS")
    try check.map(of: image) { entry in
      print(
        "\(pad(entry.index.rawValue, 9))  \(chunk(entry.own, 12))  \(blocks(entry.ownMask))"
          + "  \(chunk(entry.base, 10))  \(blocks(entry.baseMask))")
    }
  }

  private func chunk(_ number: UInt64?, _ width: Int) -> String {
    number.map { pad($0, width) } ?? String(repeating: " ", count: width - 1) + "-"
  }

  /// Block 0 first: x is held, . is not.
  private func blocks(_ mask: UInt16) -> String {
    String((0..<16).map { mask & 1 << UInt16($0) != 0 ? "x" : "." })
  }

  private func pad(_ value: some BinaryInteger, _ width: Int) -> String {
    let text = String(value)
    return String(repeating: " ", count: max(0, width - text.count)) + text
  }
}
