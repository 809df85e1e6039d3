extension MessageCatalogue {
  /// Refusals of snapshot operations.
  static let snapshotMessages: [MessageEntry] = [
    line(
      .unknownVolume, .error, .error, "Volume {name} does not exist.", "ボリューム{name}は存在しません。",
      why: "No logical disk of the array has this name or number.",
      then: "Check the spelling; letters count as typed, upper and lower case differ."),
    line(
      .wrongKind, .error, .error, "Volume {name} is {kind}; {expected} is needed.",
      "ボリューム{name}は{kind}です。{expected}を指定してください。",
      why: "The operation works on another kind of volume.", then: "Name the right volume."),
    line(
      .snapshotNotActive, .error, .error, "Snapshot volume {sv} of {bv} is in state {state}.",
      "{bv}のSV {sv}の状態は{state}です。",
      why: "The operation needs a snapshot in state snap/active.",
      then: "Choose a generation that is snap/active, or create one."),
    line(
      .generationInTransition, .error, .error,
      "Volume {name} is being changed by another operation.", "ボリューム{name}は状態遷移中です。",
      why: "A snapshot, restore, delete or link of it is under way.", then: "Repeat shortly."),
    line(
      .snapshotLinked, .error, .error, "Snapshot volume {sv} of {bv} is linked to {lv}.",
      "{bv}のSV {sv}はLV {lv}にリンクされています。",
      why: "A host reads it through the link volume.", then: "Unlink it, then repeat."),
    line(
      .snapshotGuarded, .error, .error, "Snapshot volume {sv} of {bv} is guarded.",
      "{bv}のSV {sv}は保護されています。",
      why: "Its guard was set so that it is kept.",
      then: "Cancel the guard with iSMsc_svguard if the snapshot is no longer needed."),
    line(
      .baseLinked, .error, .error, "Base volume {bv} is linked to {lv}.",
      "BV {bv}はLV {lv}にリンクされています。",
      why: "While it is linked only the link volume reaches it.", then: "Unlink it, then repeat."),
    line(
      .noGenerationBuilt, .error, .error, "Volume {bv} has no generations.", "{bv}には世代がありません。",
      why: "No snapshot volume was built for it.", then: "Add generations, then repeat."),
    line(
      .unknownGeneration, .error, .error, "Volume {bv} has no generation {generation}.",
      "{bv}に世代{generation}はありません。",
      why: "There are fewer snapshots, or fewer snapshot volumes, than the place asks for.",
      then: "Look at the generations with iSMsc_query and repeat."),
    line(
      .notGenerationOfBase, .error, .error, "Snapshot volume {sv} is not a generation of {bv}.",
      "SV {sv}は{bv}の世代ではありません。",
      why: "It belongs to another base volume.", then: "Name volumes that belong together."),
    line(
      .reserveFullForSnapshot, .error, .error,
      "The snapshot reserve area of pool {pool} is full; no snapshot of {bv} was created.",
      "プール{pool}のSRAに空きがないため、{bv}のスナップショットを作成できません。",
      why: "The reserve's policy keeps the generations that exist.",
      then: "Expand the reserve, or delete generations, then repeat."),
    line(
      .reserveMissing, .error, .error, "Pool {pool} has no snapshot reserve area.",
      "プール{pool}にSRAがありません。",
      why: "Generations need a reserve in their pool.", then: "Create one, then repeat."),
    line(
      .volumeInaccessible, .error, .error, "Volume {name} cannot be accessed.",
      "ボリューム{name}にアクセスできません。",
      why: "Its pool is missing or refuses writes after a failure.",
      then: "See the pool's state and events, and repair it."),
    line(
      .volumeTwiceInSet, .error, .error, "Volume {name} is named more than once.",
      "ボリューム{name}が重複しています。",
      why: "An operation on a set takes each volume once.", then: "Name it once."),
    line(
      .restoreDoesNotFit, .error, .error,
      "Restoring {sv} to {bv} needs more than the snapshot reserve area of pool {pool} has.",
      "{sv}から{bv}へのリストアに必要なSRA容量がプール{pool}にありません。",
      why: "What the base volume holds now and generations share would count as reserve.",
      then: "Expand the reserve, or delete generations, then repeat."),
    line(
      .noUndo, .error, .error, "No restore of {bv} can be undone.", "{bv}に取り消せるリストアはありません。",
      why: "There was none, or the state before it was given up.",
      then: "Restore a generation instead."),
    line(
      .waitTimedOut, .error, .timeout,
      "Snapshot volume {sv} did not become {condition} within {time}; its state is {state}.",
      "SV {sv}は{time}以内に{condition}になりませんでした。状態は{state}です。",
      why: "The time given is over.", then: "Look for the cause, or wait again."),
    line(
      .waitFault, .error, .error,
      "Snapshot volume {sv} is in state {state} and cannot become {condition}.",
      "SV {sv}の状態は{state}のため、{condition}になりません。",
      why: "The snapshot is broken.", then: "See the pool's state and events."),
    line(
      .mapPagesFull, .error, .error, "The system area has no room for this operation.",
      "システム領域に空きがありません。",
      why: "The maps of volumes and generations fill the system area.",
      then: "Delete generations, or enlarge the file system that holds the system area."),
    line(
      .notPermitted, .error, .error, "{requester} is not permitted to do this: {operation}.",
      "{requester}にはこの操作の権限がありません: {operation}",
      why: "The role of this operator, or being a host, does not include the operation.",
      then: "Ask the administrator of the array."),
  ]

  /// Refusals of link operations.
  static let linkMessages: [MessageEntry] = [
    line(
      .linkVolumeLinked, .error, .error, "Link volume {lv} is linked to {target}.",
      "LV {lv}は{target}にリンクされています。",
      why: "A link volume shows one volume at a time.", then: "Unlink it, then repeat."),
    line(
      .snapshotAlreadyLinked, .error, .error, "Snapshot volume {sv} is linked to {lv}.",
      "SV {sv}はLV {lv}にリンクされています。",
      why: "A generation is shown by one link volume at a time.",
      then: "Use that link volume, or unlink it."),
    line(
      .differentBase, .error, .error,
      "Link volume {lv} does not belong to the base volume of {target}.",
      "LV {lv}は{target}のBVに属していません。",
      why: "A link volume shows generations of the base volume it was built for.",
      then: "Name volumes that belong together."),
    line(
      .linkVolumeNotLinked, .error, .error, "Link volume {lv} is not linked.",
      "LV {lv}はリンクされていません。",
      why: "There is no link to end.", then: "Nothing, or name the right link volume."),
    line(
      .otherSnapshotLinked, .error, .error, "Link volume {lv} is linked to {target}, not to {sv}.",
      "LV {lv}は{sv}ではなく{target}にリンクされています。",
      why: "The command named a generation that is not the linked one.",
      then: "Leave the generation out, or name the linked one."),
    line(
      .linkTargetNotActive, .error, .error,
      "Snapshot volume {sv} is in state {state} and cannot be linked.",
      "SV {sv}の状態は{state}のため、リンクできません。",
      why: "Only a generation in state snap/active can be linked.",
      then: "Choose one that is snap/active, or create one."),
    line(
      .baseAlreadyLinked, .error, .error, "Base volume {bv} is linked to {lv}.",
      "BV {bv}はLV {lv}にリンクされています。",
      why: "A base volume is shown by one link volume at a time.",
      then: "Use that link volume, or unlink it."),
  ]
}
