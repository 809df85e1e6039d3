import ArgumentParser
import Foundation
import SedaiManual

/// Writes the manual page, from the same declarations as `--help`.
struct ManualCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "manual", abstract: "Print the manual page.", shouldDisplay: false)

  func run() {
    try? FileHandle.standardOutput.write(contentsOf: Data(ManualPage.text.utf8))
  }
}

/// `sedaid(8)` in the man macros.
enum ManualPage {
  /// Columns of the help texts in it.
  private static let columns = 76

  static var text: String {
    var page = ".TH sedaid 8 \"\" Sedai \"Daemons\"\n"
    page += ".SH NAME\nsedaid \\- the Sedai disk array\n"
    page += ".SH SYNOPSIS\n.B sedaid\n\\-\\-data DIR [OPTION]...\n.br\n.B sedaid\n"
    page += "\\-\\-config FILE [OPTION]...\n.br\n.B sedaid\ntoken NAME \\-\\-file FILE\n"
    page += ".SH DESCRIPTION\n" + Sedaid.configuration.discussion.roff + "\n"
    page += """
      .PP
      SIGTERM and SIGINT stop it cleanly: requests under way are answered and everything is
      flushed. After a kill or a power cut the next start recovers by itself. Two daemons
      never run on one directory: the second refuses.
      .SH OPTIONS
      .nf

      """
    page += Sedaid.helpMessage(for: RunCommand.self, columns: columns).roff + "\n.fi\n"
    page += ".SH TOKENS\n.nf\n"
    page += Sedaid.helpMessage(for: TokenCommand.self, columns: columns).roff + "\n.fi\n"
    page += """
      .SH FILES
      .TP
      .B DIR/system
      The system area: journal, maps, and the records of the array.
      .TP
      .B DIR/lock
      Held by the daemon that runs on DIR.
      .TP
      .B DIR/sedaid.sock
      Management requests; the socket's owner is the administrator.
      .TP
      .B DIR/nbd/NAME.sock
      NBD for the hosts of LD set NAME.
      .SH ENVIRONMENT
      .TP
      .B NOTIFY_SOCKET
      Where systemd wants to be told that the daemon is ready, and that it stops.
      .SH SEE ALSO
      .BR sedai (1),
      .BR sedai\\-check (8)

      """
    return page
  }
}
