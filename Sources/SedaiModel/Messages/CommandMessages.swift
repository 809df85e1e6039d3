extension MessageCatalogue {
  private static func normalEnd(_ id: MessageID, _ command: String) -> MessageEntry {
    line(
      id, .info, .success, "\(command) has normally terminated.", "\(command)は正常終了しました。",
      why: "The command did what was asked.", then: "Nothing.")
  }

  /// Normal ends, and wrong use of a command.
  static let commandMessages: [MessageEntry] = [
    normalEnd(.createEnded, "iSMsc_create"),
    normalEnd(.deleteEnded, "iSMsc_delete"),
    normalEnd(.restoreEnded, "iSMsc_restore"),
    line(
      .restoreStarted, .info, .success, "iSMsc_restore has been started.",
      "iSMsc_restoreを開始しました。",
      why: "The base volume already shows the restored contents.",
      then: "Wait with iSMsc_wait -cond active if the end matters."),
    normalEnd(.waitEnded, "iSMsc_wait"),
    normalEnd(.guardEnded, "iSMsc_svguard"),
    normalEnd(.linkEnded, "iSMsc_link"),
    normalEnd(.unlinkEnded, "iSMsc_unlink"),
    line(
      .unknownOption, .error, .usage, "Unknown option {option}.", "オプション{option}は不明です。",
      why: "The command has no such option.", then: "Compare with the usage and repeat."),
    line(
      .missingOption, .error, .usage, "Option {option} is missing.",
      "オプション{option}が指定されていません。",
      why: "The command needs this option.", then: "Add the option and repeat."),
    line(
      .excludingOptions, .error, .usage, "Options {option} and {other} exclude each other.",
      "オプション{option}と{other}は同時に指定できません。",
      why: "Both were given.", then: "Leave one of them out and repeat."),
    line(
      .invalidOptionValue, .error, .usage, "Value {value} of option {option} is not valid.",
      "オプション{option}の値{value}が正しくありません。",
      why: "The value has a form or a range that the option does not take.",
      then: "Correct the value and repeat."),
    line(
      .repeatedOption, .error, .usage, "Option {option} is given more than once.",
      "オプション{option}が重複しています。",
      why: "An option may stand once.", then: "Leave one of them out and repeat."),
    line(
      .missingValue, .error, .usage, "Option {option} needs a value.",
      "オプション{option}に値が必要です。",
      why: "The option stands last, or before another option.", then: "Add the value and repeat."),
  ]
}
