import Foundation
import FoundationXML

/// The XML view as an orchestrator reads it, with an ordinary parser.
final class XMLView: NSObject, XMLParserDelegate {
  /// Units by name, of one object: those of its sections one after the other.
  struct Object {
    var name: String
    var sections: [(name: String, units: [String: String])] = []

    func first(_ unit: String) -> String? { sections.lazy.compactMap { $0.units[unit] }.first }
    func all(_ unit: String) -> [String] { sections.compactMap { $0.units[unit] } }
  }

  private(set) var objects: [Object] = []
  private(set) var attributes: [String: String] = [:]
  private(set) var returnCode = ""
  private var unit: String?
  private var text = ""

  /// Nil if it is not well formed, or if anything but white space stands around it.
  init?(_ source: String) {
    super.init()
    let lines = source.split(separator: "\n").filter { !$0.contains("ExitStatus") }
    let parser = XMLParser(data: Data(lines.joined(separator: "\n").utf8))
    parser.delegate = self
    guard parser.parse(), source.hasPrefix("<"), !source.contains("<?xml") else { return nil }
  }

  func objects(_ name: String) -> [Object] { objects.filter { $0.name == name } }

  /// Logical disks by full name; blanks are no type.
  var disks: [String: Object] {
    Dictionary(
      objects("Logical Disk").map {
        (($0.first("OS Type") ?? "") + ":" + ($0.first("LD Name") ?? ""), $0)
      }, uniquingKeysWith: { first, _ in first })
  }

  /// The lowest number that no disk has.
  var freeNumber: Int {
    let taken = Set(
      objects("Logical Disk").compactMap { $0.first("LDN(h)") }.compactMap {
        Int($0, radix: 16)
      })
    return (0...).first { !taken.contains($0) } ?? 0
  }

  func attribute(_ disk: String) -> String? { disks[disk]?.first("RPL Attribute") }

  /// LUNs by number of the disk, of one LD set.
  func luns(_ set: String) -> [String: String] {
    let found = objects.first { $0.first("LD Set Name") == set }
    let pairs = (found?.sections ?? []).compactMap { section in
      section.units["LDN(h)"].flatMap { number in
        section.units["LUN(h)"].map { (number, $0) }
      }
    }
    return Dictionary(pairs, uniquingKeysWith: { first, _ in first })
  }

  // MARK: XMLParserDelegate

  func parser(
    _ parser: XMLParser, didStartElement element: String, namespaceURI: String?,
    qualifiedName: String?, attributes: [String: String]
  ) {
    text = ""
    switch element {
    case "CMD_REQUEST": self.attributes = attributes
    case "OBJECT": objects.append(Object(name: attributes["name"] ?? ""))
    case "SECTION":
      objects[objects.count - 1].sections.append((attributes["name"] ?? "", [:]))
    case "UNIT": unit = attributes["name"]
    default: break
    }
  }

  func parser(_ parser: XMLParser, foundCharacters string: String) { text += string }

  func parser(
    _ parser: XMLParser, didEndElement element: String, namespaceURI: String?,
    qualifiedName: String?
  ) {
    if element == "UNIT", let unit, let object = objects.indices.last,
      let section = objects[object].sections.indices.last
    {
      objects[object].sections[section].units[unit] = text
    } else if element == "RETURN_CODE" {
      returnCode = text
    }
  }
}
