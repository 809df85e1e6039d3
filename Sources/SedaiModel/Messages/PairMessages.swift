extension MessageCatalogue {
  private static func normalEnd(_ id: MessageID, _ command: String) -> MessageEntry {
    line(
      id, .info, .success, "\(command) has normally terminated.", "\(command)は正常終了しました。",
      why: "The command did what was asked.", then: "Nothing.")
  }

  private static func started(_ id: MessageID, _ command: String) -> MessageEntry {
    line(
      id, .info, .success, "\(command) has been started.", "\(command)を開始しました。",
      why: "The command was told not to wait for the end.",
      then: "Wait with iSMrc_wait if the end matters; iSMrc_query shows the state.")
  }

  /// Ends and refusals of operations on pairs.
  static let pairMessages: [MessageEntry] = [
    normalEnd(.pairEnded, "iSMrc_pair"),
    normalEnd(.replicateEnded, "iSMrc_replicate"),
    started(.replicateStarted, "iSMrc_replicate"),
    normalEnd(.separateEnded, "iSMrc_separate"),
    started(.separateStarted, "iSMrc_separate"),
    normalEnd(.pairRestoreEnded, "iSMrc_restore"),
    started(.pairRestoreStarted, "iSMrc_restore"),
    normalEnd(.changeEnded, "iSMrc_change"),
    normalEnd(.pairWaitEnded, "iSMrc_wait"),
    line(
      .alreadyReplica, .error, .error, "Volume {rv} is the replication volume of {mv} already.",
      "ボリューム{rv}は既に{mv}のRVです。",
      why: "A volume can be the copy of one master volume only.",
      then: "End that pair first, or choose another volume."),
    line(
      .notPaired, .error, .error, "Volume {name} is in no such pair.",
      "ボリューム{name}は指定されたペアに含まれていません。",
      why: "It is in no pair, or not in the part or with the partner that was named.",
      then: "Look at the pairs with iSMrc_ldlist and repeat."),
    line(
      .pairCapacitiesDiffer, .error, .error,
      "Master volume {mv} and replication volume {rv} differ in capacity.",
      "MV {mv}とRV {rv}の容量が異なります。",
      why: "Both sides of a pair have the same size.",
      then: "Expand the smaller one, or choose a volume of the right size."),
    line(
      .pairBlockSizesDiffer, .error, .error,
      "Master volume {mv} and replication volume {rv} differ in the size of their blocks.",
      "MV {mv}とRV {rv}の論理ブロック長が異なります。",
      why: "What is on a disk of 512-byte blocks cannot be read on one of 4096-byte blocks.",
      then: "Choose a volume with blocks of the same size."),
    line(
      .pairTypesDiffer, .error, .error,
      "Master volume {mv} and replication volume {rv} differ in type.",
      "MV {mv}とRV {rv}のOS種別が異なります。",
      why: "A copy is used by the same operating system.",
      then: "Give the replication volume the master volume's type, or none."),
    line(
      .pairStateForbids, .error, .error,
      "Pair {mv} and {rv} is in state {state}, which does not allow this.",
      "ペア{mv}・{rv}の状態は{state}のため、操作できません。",
      why: "The operation belongs to another state of the pair.",
      then: "Look at the state with iSMrc_query; replicate or separate first."),
    line(
      .pairNotSeparated, .error, .error,
      "Pair {mv} and {rv} is not separated; its state is {state}.",
      "ペア{mv}・{rv}は分離されていません。状態は{state}です。",
      why: "The volume is being copied, or follows another volume.",
      then: "Separate the pair and wait for separated, then repeat."),
    line(
      .snapshotCannotBeRestored, .error, .error,
      "Master volume {sv} is a snapshot volume; nothing is restored to it.",
      "MV {sv}はSVのため、リストアできません。",
      why: "A snapshot stays as it was taken.",
      then: "Restore the base volume from it with iSMsc_restore, or copy to another volume."),
    line(
      .pairWaitTimedOut, .error, .timeout,
      "Pair {mv} and {rv} did not become {condition} within {time}; its state is {state}.",
      "ペア{mv}・{rv}は{time}以内に{condition}になりませんでした。状態は{state}です。",
      why: "The time given is over.", then: "Look for the cause, or wait again."),
    line(
      .pairWaitFault, .error, .error,
      "Pair {mv} and {rv} is in state {state} and cannot become {condition}.",
      "ペア{mv}・{rv}の状態は{state}のため、{condition}になりません。",
      why: "The copy was cancelled or failed.",
      then: "See the pools' state and events, then replicate again."),
    line(
      .licenceTooOld, .error, .error, "{product} Version{version} is needed for this.",
      "この操作には{product} Version{version}のライセンスが必要です。",
      why: "A replication volume can be a base volume from that version on.",
      then: "Release a licence of that version with iSMcfg licenserelease."),
    line(
      .diskPaired, .error, .error, "Logical disk {name} is in a pair.",
      "論理ディスク{name}はペアに含まれています。",
      why: "A volume is removed only when no pair needs it.",
      then: "End the pair with iSMrc_pair -unpair, then repeat."),
    line(
      .pairChanged, .notice, .success,
      "Replication state of pair was changed: mv={mv}({mvNumber}) {array}, "
        + "Activity State={activity}, Sync State={state}, Copy Control State={copy}, "
        + "rv={rv}({rvNumber}) {array}",
      "ペアのレプリケーション状態が変化しました: mv={mv}({mvNumber}) {array}, "
        + "Activity State={activity}, Sync State={state}, Copy Control State={copy}, "
        + "rv={rv}({rvNumber}) {array}",
      why: "An operation on the pair, the end of a copy, or a failure.",
      then: "Nothing; if the state is fault, see the pools and replicate again."),
    line(
      .pairMade, .info, .success, "{mv} and {rv} are a pair.", "{mv}と{rv}をペア設定しました。",
      why: "The array did this by request.", then: "Nothing."),
    line(
      .commonPastGivenUp, .warning, .success,
      "What shows the differences of {mv} and {rv} was given up: pool {pool} has no room.",
      "プール{pool}の空き不足のため、{mv}と{rv}の差分情報を破棄しました。",
      why: "It is kept in the snapshot reserve area, which is full.",
      then: "Nothing; the next copy of this pair copies everything."),
    line(
      .pairEndedByRequest, .info, .success, "{mv} and {rv} are no longer a pair.",
      "{mv}と{rv}のペアを解除しました。",
      why: "The array did this by request.", then: "Nothing."),
  ]
}
