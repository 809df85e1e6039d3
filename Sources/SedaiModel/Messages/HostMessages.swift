extension MessageCatalogue {
  /// What host commands say: attachments and the volume list.
  static let hostMessages: [MessageEntry] = [
    line(
      .volumeListCreated, .info, .success, "Volume list is created successfully.",
      "ボリューム一覧の作成が正常終了しました。",
      why: "The list shows the host's disks as they are now.", then: "Nothing."),
    line(
      .volumeListMissing, .error, .error, "There is no volume list on this host.",
      "ボリューム一覧が作成されていません。",
      why: "Commands find disks by the list, which was never made.",
      then: "Make it with iSMvollist -cr."),
    line(
      .volumeListBusy, .error, .error,
      "The volume list is still being used by another command after {time}.",
      "ボリューム一覧は{time}経過しても他のコマンドが使用中です。",
      why: "It is being made or updated.", then: "Repeat shortly; list_wait sets how long to wait."),
    line(
      .volumeListStale, .warning, .success,
      "The volume list is older than the configuration: {cause}.",
      "ボリューム一覧が構成変更前のものです: {cause}",
      why: "The array or this host was changed after the list was made.",
      then: "Update it with iSMvollist -cr."),
    line(
      .listEntryKept, .warning, .success,
      "The contents of {name} cannot be read reliably: {reason}. Its last entry is kept.",
      "{name}の内容を正しく取得できません({reason})。前回の情報を保持します。",
      why: "Partitions and file systems are known only while a disk shows what it usually shows.",
      then: "Link it, unlink it or make it ready, then run iSMvollist -cr again."),
    line(
      .notRoot, .error, .error, "Only root may run {command}.", "{command}はrootのみ実行できます。",
      why: "It changes what this host has.", then: "Repeat as root."),
    line(
      .hostSettingIgnored, .warning, .success, "{path} line {line} is not used: {reason}.",
      "{path}の{line}行目は無効です: {reason}",
      why: "A setting is misspelled, or its value cannot be used.", then: "Correct the line."),
    line(
      .arrayAnswersTooLittle, .error, .error,
      "The array {name} does not tell its logical disks apart.",
      "アレイ{name}は論理ディスクを識別できません。",
      why: "It is of an earlier release than this command.", then: "Update the array."),
    line(
      .hostFileFailed, .error, .error, "Could not {action} {path}: {reason}.",
      "{path}の処理({action})に失敗しました: {reason}",
      why: "The system refused it, or the file is not what it should be.",
      then: "See to the file or its directory and repeat."),
    line(
      .programMissing, .error, .error, "The program {program} is not installed.",
      "プログラム{program}がインストールされていません。",
      why: "It does a part of the work.", then: "Install the package that has it and repeat."),
    line(
      .programFailed, .error, .error, "{program} failed: {reason}", "{program}が失敗しました: {reason}",
      why: "A program of the system could not do its part.", then: "See the reason and repeat."),
    line(
      .noWayToAttach, .error, .error, "Logical disk {name} cannot be attached: {reason}.",
      "論理ディスク{name}を接続できません: {reason}",
      why: "Array and host have no way in common to this disk.",
      then: "Change LD sets, ports or host.conf, or install what is missing."),
    line(
      .attachFailed, .error, .error, "Attaching or detaching {name} failed: {reason}",
      "{name}の接続または切断に失敗しました: {reason}",
      why: "The array did not answer, or the kernel refused.", then: "See the reason and repeat."),
    line(
      .alreadyAttached, .error, .error, "{name} is attached as {device}.",
      "{name}は既に{device}として接続されています。",
      why: "A disk is attached once.", then: "Use that device, or detach it first."),
    line(
      .notAttached, .error, .error, "{name} is not attached to this host.",
      "{name}はこのホストに接続されていません。",
      why: "No record says that it was.", then: "Attach it with sedai attach."),
    line(
      .identityMismatch, .error, .error,
      "{name} is another logical disk than the one that was attached.",
      "{name}は接続時とは別の論理ディスクです。",
      why: "It was removed and a new one has its name, or the array is another one.",
      then: "Detach it and attach the new one."),
    line(
      .diskInUse, .error, .error, "Access of specified disk was refused.",
      "指定されたディスクへのアクセスが拒否されました。",
      why: "Programs use the disk; they are listed with their process ids.",
      then: "Stop them and repeat."),
  ]
}

extension MessageID {
  // MARK: Volume list
  public static let volumeListCreated = MessageID(11701)
  public static let volumeListMissing = MessageID(11711)
  public static let volumeListBusy = MessageID(11712)
  public static let volumeListStale = MessageID(11713)
  public static let listEntryKept = MessageID(11714)
  public static let notRoot = MessageID(11715)
  public static let hostSettingIgnored = MessageID(11716)
  public static let arrayAnswersTooLittle = MessageID(11717)

  // MARK: The host's side of a disk
  public static let hostFileFailed = MessageID(13601)
  public static let programMissing = MessageID(13602)
  public static let programFailed = MessageID(13603)
  public static let noWayToAttach = MessageID(13604)
  public static let attachFailed = MessageID(13605)
  public static let alreadyAttached = MessageID(13606)
  public static let notAttached = MessageID(13607)
  public static let identityMismatch = MessageID(13608)
  public static let diskInUse = MessageID(13609)
}
