/// Rows of words under headings, in columns as wide as their widest word.
struct Table {
  enum Alignment { case left, right }

  private let headings: [(title: String, alignment: Alignment)]
  private var rows: [[String]] = []

  init(_ headings: (title: String, alignment: Alignment)...) {
    self.headings = headings
  }

  /// Adds a row; a word that is missing is shown as `-`.
  mutating func add(_ words: String?...) {
    rows.append(words.map { $0.flatMap { $0.isEmpty ? nil : $0 } ?? "-" })
  }

  /// No row of it ends in blanks.
  var text: String {
    let all = [headings.map(\.title)] + rows
    let widths = headings.indices.map { column in
      all.map { column < $0.count ? $0[column].count : 0 }.max() ?? 0
    }
    return all.map { row in
      var line = ""
      for (column, word) in row.enumerated() {
        let gap = String(repeating: " ", count: max(0, widths[column] - word.count))
        line += headings[column].alignment == .right ? gap + word : word + gap
        if column + 1 < row.count { line += "  " }
      }
      while line.last == " " { line.removeLast() }
      return line + "\n"
    }.joined()
  }
}

/// `label : value` lines about one thing.
struct Sheet {
  private var lines: [(label: String, value: String)] = []

  /// Adds a line; a value that is missing is shown as `-`.
  mutating func add(_ label: String, _ value: String?) {
    lines.append((label, value.flatMap { $0.isEmpty ? nil : $0 } ?? "-"))
  }

  var text: String {
    let width = lines.map(\.label.count).max() ?? 0
    return lines.map { line in
      line.label + String(repeating: " ", count: width - line.label.count) + " : " + line.value
        + "\n"
    }.joined()
  }
}
