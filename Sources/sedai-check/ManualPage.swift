import ArgumentParser
import SedaiManual

/// `sedai-check(8)` in the man macros, from the same declarations as `--help`.
enum ManualPage {
  /// Columns of the help text in it.
  private static let columns = 76

  static var text: String {
    var page = ".TH sedai\\-check 8 \"\" Sedai \"Daemons\"\n"
    page += ".SH NAME\nsedai\\-check \\- check the metadata of a stopped Sedai array\n"
    page += ".SH SYNOPSIS\n.B sedai\\-check\nDIR [\\-\\-repair]\n.br\n"
    page += ".B sedai\\-check\nDIR \\-\\-dump [\\-\\-image NUMBER]\n"
    page += ".SH DESCRIPTION\n.nf\n"
    page += SedaiCheck.helpMessage(columns: columns).roff + "\n.fi\n"
    page += """
      .SH FILES
      .TP
      .B DIR/system
      The system area that is checked; the pool files are found by the paths it holds.
      .SH SEE ALSO
      .BR sedaid (8),
      .BR sedai (1)

      """
    return page
  }
}
