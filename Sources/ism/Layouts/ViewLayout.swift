/// A view in the form of a session.
struct ViewLayout {
  /// The command and its options, as the XML form repeats them.
  let command: String
  let arguments: String

  /// What readers take for the version of the array's command set.
  private static let version = "Version 9.4.001"

  /// Every line is a label and a value, in sections that begin with dashes; the last section
  /// ends as the others do.
  func text(_ chapters: [ViewChapter]) -> String {
    var text = ""
    for section in chapters.flatMap(\.objects).flatMap(\.sections) {
      text += "\n--- \(section.name) ---\n"
      for unit in section.units { text += unit.name.padded(to: 26) + ": " + unit.value + "\n" }
    }
    return text + "\n--- End of List ---\n"
  }

  /// No declaration: readers parse text that is decoded already.
  func xml(_ chapters: [ViewChapter]) -> String {
    var text = "<REQUEST>\n"
    text += " <CMD_REQUEST cmd_name=\"\(Self.escape(command))\" arg=\"\(Self.escape(arguments))\""
    text += " version=\"\(Self.version)\">\n"
    for chapter in chapters {
      text += "  <CHAPTER name=\"\(Self.escape(chapter.name))\">\n"
      for object in chapter.objects {
        text += "   <OBJECT name=\"\(Self.escape(object.name))\">\n"
        for section in object.sections { text += Self.xml(section) }
        text += "   </OBJECT>\n"
      }
      text += "  </CHAPTER>\n"
    }
    text += "  <RETURN_MSG>Command Completed Successfully!!</RETURN_MSG>\n"
    text += "  <RETURN_CODE>0</RETURN_CODE>\n </CMD_REQUEST>\n</REQUEST>\n"
    return text
  }

  private static func xml(_ section: ViewSection) -> String {
    var text = "    <SECTION name=\"\(escape(section.name))\">\n"
    for unit in section.units {
      text += "     <UNIT name=\"\(escape(unit.name))\">\(escape(unit.value))</UNIT>\n"
    }
    return text + "    </SECTION>\n"
  }

  /// For element text and attribute values alike.
  static func escape(_ text: String) -> String {
    var result = ""
    for character in text {
      switch character {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      default: result.append(character)
      }
    }
    return result
  }

  /// The list of arrays as text.
  static func arrayList(_ entries: [ViewObject]) -> String {
    let widths = [18, 34, 16, 0]
    func row(_ words: [String]) -> String {
      zip(words, widths).map { $0.padded(to: $1 - 1) }.joined(separator: " ") + "\n"
    }
    let units = entries.flatMap(\.sections).map(\.units)
    return "\n--- Disk Array List ---\n" + row((units.first ?? []).map(\.name))
      + units.map { row($0.map(\.value)) }.joined()
  }
}
