extension MessageCatalogue {
  /// What goes wrong between a command and the array, and requests that name no operation.
  static let clientMessages: [MessageEntry] = [
    line(
      .arrayUnreachable, .error, .error, "The array at {url} cannot be reached: {reason}.",
      "アレイ{url}に接続できません: {reason}",
      why: "No daemon answers there, or this user may not open its socket.",
      then: "Check SEDAI_URL, whether sedaid runs, and the permissions of its socket."),
    line(
      .notSignedIn, .error, .error, "The array does not accept the credentials given.",
      "アレイの認証に失敗しました。",
      why: "The request carried no credential, or one that the array does not know.",
      then: "Name the file that holds the right token with SEDAI_TOKEN_FILE; a local user "
        + "needs an account (sedai operator create --uid)."),
    line(
      .tooManyFailures, .error, .error,
      "Too many sign-ins failed from here: wait {time} and try again.",
      "認証の失敗が続いたため、{time}待ってから再試行してください。",
      why: "Who guesses credentials is kept waiting, and so is whoever shares the address.",
      then: "Correct the credential, wait and repeat."),
    line(
      .clientSettings, .error, .error, "The settings of this command are wrong: {reason}.",
      "コマンドの設定が正しくありません: {reason}",
      why: "An environment variable or the configuration file has a value that cannot be used.",
      then: "Correct SEDAI_URL, SEDAI_TOKEN_FILE or client.toml."),
    line(
      .answerNotUnderstood, .error, .error, "The answer from {url} was not understood: {reason}.",
      "{url}からの応答を解釈できません: {reason}",
      why: "What answers there is not an array, or has another version.",
      then: "Check SEDAI_URL, and that command and array are of one release."),
    line(
      .requestNotUnderstood, .error, .usage, "The request was not understood: {reason}.",
      "要求を解釈できません: {reason}",
      why: "Its path, its query or its body does not have the form the array knows.",
      then: "Compare with the API's description."),
    line(
      .unknownCommand, .error, .usage, "{command} is no command of this program.",
      "{command}というコマンドはありません。",
      why: "The name it was called by is not one of its commands.",
      then: "Run ism --list for the names."),
    line(
      .unknownArray, .error, .error, "Disk array {name} is not known here.",
      "ディスクアレイ{name}は登録されていません。",
      why: "The array that these commands reach has another name.",
      then: "List the arrays with iSMview -d and repeat."),
    line(
      .sessionNotKnown, .error, .error, "The output form cannot be kept: {reason}.",
      "出力形式を保持できません: {reason}",
      why: "It belongs to the session of the terminal or login, in a directory of its user.",
      then: "Run it in a session of its own, or see to the directory."),
  ]
}

extension MessageID {
  // MARK: Between command and array
  public static let arrayUnreachable = MessageID(42520)
  public static let notSignedIn = MessageID(42521)
  public static let tooManyFailures = MessageID(42540)
  public static let clientSettings = MessageID(42522)
  public static let answerNotUnderstood = MessageID(42523)
  public static let requestNotUnderstood = MessageID(42524)
  public static let unknownCommand = MessageID(42525)
  public static let unknownArray = MessageID(42526)
  public static let sessionNotKnown = MessageID(42527)
}
