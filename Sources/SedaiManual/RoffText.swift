extension String {
  /// The text as lines of a manual page: no blank, quote, dot or hyphen of it means anything
  /// to the man macros.
  ///
  /// - Complexity: O(length)
  public var roff: String {
    split(separator: "\n", omittingEmptySubsequences: false).map { line in
      var result = ""
      for character in line {
        switch character {
        case "\\": result += "\\e"
        case "-": result += "\\-"
        default: result.append(character)
        }
      }
      return result.hasPrefix(".") || result.hasPrefix("'") ? "\\&" + result : result
    }.joined(separator: "\n")
  }
}
