extension MessageCatalogue {
  /// Failures of the array itself.
  static let arrayMessages: [MessageEntry] = [
    line(
      .deviceFailed, .error, .error, "A device failed: {reason}.", "デバイスが異常です: {reason}",
      why: "A read, write or flush of a pool or of the system area failed.",
      then: "Look at the disk and the system's log; the pool's state says what still works."),
    line(
      .metadataDamaged, .error, .error, "The array's metadata is damaged: {reason}.",
      "アレイの管理情報が壊れています: {reason}",
      why: "A part of the system area does not pass its checks.",
      then: "Stop the array, run sedai-check, and follow what it says."),
    line(
      .metadataTooNew, .error, .error,
      "The array's metadata has version {found}; this program knows {known}.",
      "管理情報の版数は{found}ですが、対応しているのは{known}までです。",
      why: "A newer program wrote it. Nothing was touched.", then: "Use the newer program."),
    line(
      .arrayStopped, .error, .error, "The array is being stopped.", "アレイは停止中です。",
      why: "It takes no more requests.", then: "Start it again, then repeat."),
    line(
      .poolUnavailable, .error, .error, "Pool {pool} is {state}.", "プール{pool}は{state}です。",
      why: "A flush of it failed, or a file of it is missing.",
      then: "Repair the file or device, then restart the array."),
    line(
      .outOfRange, .error, .usage, "The range lies outside {name}.",
      "範囲が{name}の外です。",
      why: "It begins or ends beyond the volume's capacity.", then: "Choose another range."),
    line(
      .internalFailure, .error, .error, "The array could not do this: {reason}.",
      "処理に失敗しました: {reason}",
      why: "Something that the array believed about itself was not so. Nothing was changed.",
      then: "Report it with the events of that time."),
    line(
      .answerTooLarge, .error, .error,
      "The answer needs more than {pages} map pages in memory at once.",
      "応答には{pages}を超える管理ページが同時に必要です。",
      why: "What is asked for is exact for one moment, so all of it must fit half of the cache.",
      then: "Delete generations, or give the array a larger metadata cache."),
  ]

  /// What the array tells by itself.
  static let eventMessages: [MessageEntry] = [
    event(.snapshotCreated, "Snapshot of {bv} created in {sv}.", "{bv}のスナップショットを{sv}に作成しました。"),
    event(.snapshotDeleted, "Snapshot in {sv} of {bv} deleted.", "{bv}の{sv}のスナップショットを削除しました。"),
    event(.snapshotRestored, "{bv} restored from {sv}.", "{sv}から{bv}をリストアしました。"),
    event(
      .volumeLinked, "{lv} linked to {target} with access {access}.",
      "{lv}を{target}にリンクしました({access})。"),
    event(.volumeUnlinked, "{lv} unlinked from {target}.", "{lv}と{target}のリンクを解除しました。"),
    event(.guardChanged, "Guard of {sv} of {bv}: {guard}.", "{bv}の{sv}の保護: {guard}"),
    event(.restoreUndone, "The last restore of {bv} was undone.", "{bv}の直前のリストアを取り消しました。"),
    line(
      .generationGivenUp, .warning, .success,
      "Generation {sv} of {bv} was given up because the snapshot reserve area of pool {pool} is full.",
      "プール{pool}のSRAに空きがないため、{bv}の世代{sv}を削除しました。",
      why: "A write to the base volume needed the space.",
      then: "Expand the reserve, or keep fewer generations."),
    line(
      .linkLost, .warning, .success, "{lv} lost its link because {sv} was given up.",
      "{sv}が削除されたため、{lv}のリンクを解除しました。",
      why: "The generation it showed no longer exists; its readers get errors.",
      then: "Stop what reads it, and link another generation."),
    line(
      .reserveAboveThreshold, .warning, .success,
      "The snapshot reserve area of pool {pool} is {percent} used.",
      "プール{pool}のSRA使用率が{percent}になりました。",
      why: "A threshold was passed.", then: "Expand the reserve, or delete generations."),
    line(
      .reserveFull, .warning, .success, "The snapshot reserve area of pool {pool} is full.",
      "プール{pool}のSRAに空きがありません。",
      why: "Generations hold all of it.", then: "Expand the reserve, or delete generations."),
    event(
      .reserveRelaxed, "The snapshot reserve area of pool {pool} is {percent} used.",
      "プール{pool}のSRA使用率が{percent}に下がりました。"),
    line(
      .undoGivenUp, .warning, .success,
      "The last restore of {bv} can no longer be undone: pool {pool} needed the space.",
      "プール{pool}の空き不足のため、{bv}のリストアは取り消せなくなりました。",
      why: "The state before the restore was the next thing to give up.",
      then: "Expand the reserve."),
    line(
      .restoreWithoutUndo, .warning, .success,
      "{bv} was restored without keeping the state before: pool {pool} has no room for it.",
      "プール{pool}の空き不足のため、リストア前の{bv}は保存されません。",
      why: "The snapshot reserve area could not hold it.", then: "Expand the reserve."),
    line(
      .poolFailed, .error, .success, "Pool {pool} is {state}.", "プール{pool}が{state}になりました。",
      why: "A flush of it failed, or a file of it is missing.",
      then: "Repair the file or device, then restart the array."),
    line(
      .memberRemoved, .error, .success, "{path} of pool {pool} was removed while in use.",
      "プール{pool}の{path}が使用中に削除されました。",
      why: "The array still has the file open and shows what is in it; writes are refused, "
        + "because all of it is gone as soon as the array stops.",
      then: "Copy the volumes of the pool elsewhere before the array is stopped."),
    line(
      .memberMoved, .warning, .success, "{path} of pool {pool} was moved away while in use.",
      "プール{pool}の{path}が使用中に移動されました。",
      why: "The array works on with the file it has open, but would not find it at the next start.",
      then: "Move the file back before the array is stopped."),
    line(
      .memberShortened, .error, .success, "{path} of pool {pool} was cut short while in use.",
      "プール{pool}の{path}が使用中に切り詰められました。",
      why: "What was cut off is lost. Writes are refused, so that nothing is mistaken for it.",
      then: "Copy what can be read, bring the file back from a backup, then restart the array."),
    line(
      .accessesFailed, .error, .success,
      "Accesses to {path} of pool {pool} fail: {count} since the array was started.",
      "プール{pool}の{path}へのアクセスが失敗しています(起動後{count}回)。",
      why: "The disk or file system beneath answered with errors; hosts got them for the blocks "
        + "concerned. Told once a minute at most.",
      then: "Look at the host's log, and replace the disk."),
    event(.poolRecovered, "Pool {pool} is ready.", "プール{pool}は正常です。"),
    line(
      .writeRefusedByReserve, .warning, .success,
      "Writes to {bv} fail: the snapshot reserve area of pool {pool} is full and its policy keeps generations.",
      "プール{pool}のSRAに空きがなく、世代を保持する設定のため、{bv}への書き込みができません。",
      why: "A write would need space that generations hold.",
      then: "Expand the reserve, delete generations, or change the policy."),
    event(
      .diskBound, "Logical disk {name} ({number}) bound in pool {pool}.",
      "論理ディスク{name}({number})をプール{pool}に構築しました。"),
    event(.diskUnbound, "Logical disk {name} unbound.", "論理ディスク{name}を解除しました。"),
    event(.diskRenamed, "Logical disk {name} renamed to {new}.", "論理ディスク{name}の名称を{new}に変更しました。"),
    event(
      .diskExpanded, "Logical disk {name} expanded to {capacity} bytes.",
      "論理ディスク{name}を{capacity}バイトに拡張しました。"),
    event(.generationsAdded, "{count} generations added to {bv}.", "{bv}に{count}世代を追加しました。"),
    event(.generationsRemoved, "{count} generations removed from {bv}.", "{bv}から{count}世代を削除しました。"),
    event(.poolCreated, "Pool {pool} created.", "プール{pool}を作成しました。"),
    event(.poolExpanded, "Pool {pool} expanded.", "プール{pool}を拡張しました。"),
    event(.poolDeleted, "Pool {pool} deleted.", "プール{pool}を削除しました。"),
    event(
      .reserveChanged, "Snapshot reserve area of pool {pool} changed.", "プール{pool}のSRAを変更しました。"),
    event(.ldSetChanged, "LD set {set} changed.", "LDセット{set}を変更しました。"),
    event(.hostPortChanged, "Host port {port} changed.", "ホストポート{port}を変更しました。"),
    event(.licenceReleased, "{product} was released.", "{product}のライセンスを解除しました。"),
    event(.accountChanged, "Account {name} was changed.", "アカウント{name}を変更しました。"),
    event(
      .arrayRenamed, "The array is called {name} now.", "アレイ名を{name}に変更しました。"),
    event(.ioLimitsChanged, "I/O limits of {name} changed.", "{name}のI/O制限を変更しました。"),
    line(
      .upperIOLimitReached, .warning, .success,
      "{name} has reached its upper limit of {limit} requests a second.",
      "{name}がI/O上限値(毎秒{limit}回)に達しました。",
      why: "Its hosts ask for more than the limit lets them have; told at most once a minute.",
      then: "Nothing, or raise the limit with iSMioc setlimit."),
    event(.jobStarted, "Job {job} ({kind}) started.", "ジョブ{job}({kind})を開始しました。"),
    event(.jobEnded, "Job {job} ({kind}) ended.", "ジョブ{job}({kind})が終了しました。"),
    line(
      .jobFailed, .error, .success, "Job {job} ({kind}) stopped: {reason}.",
      "ジョブ{job}({kind})が停止しました: {reason}",
      why: "A device or the metadata failed under it.",
      then: "See the pool's state; it is tried again after the next delete or start."),
    line(
      .backgroundFailed, .error, .success, "Work in the background failed: {reason}",
      "バックグラウンド処理に失敗しました: {reason}",
      why: "A flush or checkpoint that the array does by itself met a failure. It is tried again.",
      then: "See the state of the pools, and the disk of the system area."),
    line(
      .systemAreaDamaged, .error, .success,
      "The file of the system area was {damage} while in use.",
      "システム領域のファイルが使用中に変更されました({damage})。",
      why: "It holds the maps of all volumes. Moved: the next start would not find it. Removed or "
        + "shortened: the array cannot be started again from it, and writes are refused.",
      then: "Moved: move it back before the array is stopped. Else copy the volumes elsewhere "
        + "before the array is stopped."),
    event(.arrayStarted, "The array started.", "アレイを起動しました。"),
  ]

  private static func event(
    _ id: MessageID, _ english: String, _ japanese: String
  ) -> MessageEntry {
    line(
      id, .info, .success, english, japanese,
      why: "The array did this by request, or as a consequence of one.", then: "Nothing.")
  }
}
