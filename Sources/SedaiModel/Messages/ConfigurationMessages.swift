extension MessageCatalogue {
  /// Refusals of configuration operations.
  static let configurationMessages: [MessageEntry] = [
    line(
      .catalogueBusy, .error, .error, "Another configuration change is under way.",
      "他の構成変更が実行中です。",
      why: "It holds what this request needs.", then: "Repeat shortly."),
    line(
      .notInLDSet, .error, .error, "Logical disk {name} is not in LD set {set}.",
      "論理ディスク{name}はLDセット{set}に登録されていません。",
      why: "There is no assignment to remove.", then: "Nothing, or name the right LD set."),
    line(
      .numberInUse, .error, .error, "Logical disk number {number} is in use.",
      "論理ディスク番号{number}は使用中です。",
      why: "Another logical disk has it.", then: "Choose a free number."),
    line(
      .configurationEnded, .info, .success, "{program} {verb} has normally terminated.",
      "{program} {verb}は正常終了しました。",
      why: "The command did what was asked.", then: "Nothing."),
    line(
      .invalidIOLimit, .error, .usage, "{value} is not a possible I/O limit.",
      "I/O制限値{value}は指定できません。",
      why: "A limit is 10 to 1000000 requests a second, or 0 for none.",
      then: "Give a number in that range."),
    line(
      .lowerAboveUpper, .error, .error,
      "The lower I/O limit of {name} would be above its upper one.",
      "{name}のI/O下限値が上限値を超えます。",
      why: "Both cannot be kept.", then: "Lower the one or raise the other, in one command."),
    line(
      .nameInUse, .error, .error, "Name {name} is in use.", "名称{name}は使用されています。",
      why: "Names are unique on an array.", then: "Choose another name."),
    line(
      .invalidName, .error, .usage, "{name} is not a valid name.", "{name}は名称として正しくありません。",
      why: "A name has letters, digits and _ only: a disk's 1-24, an LD set's 1-16 (also -), "
        + "those of pools, ports and the array 1-32.",
      then: "Choose another name."),
    line(
      .unknownPool, .error, .error, "Pool {pool} does not exist.", "プール{pool}は存在しません。",
      why: "No pool has this name or number.", then: "Look at the pools and repeat."),
    line(
      .poolInUse, .error, .error, "Pool number or name {pool} is in use.", "プール{pool}は使用中です。",
      why: "Another pool has it.", then: "Choose another one."),
    line(
      .poolFull, .error, .error, "Pool {pool} has not enough free capacity.",
      "プール{pool}の空き容量が不足しています。",
      why: "Volumes and the reserve are promised their whole size.",
      then: "Expand the pool, or ask for less."),
    line(
      .poolNotEmpty, .error, .error, "Pool {pool} still holds logical disks or a reserve in use.",
      "プール{pool}に論理ディスクまたは使用中のSRAがあります。",
      why: "Only an empty pool can be deleted.", then: "Unbind what it holds, then repeat."),
    line(
      .reserveExists, .error, .error, "Pool {pool} has a snapshot reserve area already.",
      "プール{pool}にはSRAが既にあります。",
      why: "A pool has one.", then: "Expand it instead."),
    line(
      .noReserve, .error, .error, "Pool {pool} has no snapshot reserve area.",
      "プール{pool}にSRAがありません。",
      why: "None was created.", then: "Create one first."),
    line(
      .reserveCannotShrink, .error, .error,
      "The snapshot reserve area of pool {pool} cannot become smaller.",
      "プール{pool}のSRAは縮小できません。",
      why: "A reserve can be expanded only.", then: "Ask for more than it has now."),
    line(
      .reserveInUse, .error, .error, "The snapshot reserve area of pool {pool} is in use.",
      "プール{pool}のSRAは使用中です。",
      why: "Generations are built in the pool, or what deleted ones held is being given back.",
      then: "Remove the generations of the pool, wait for its jobs, then repeat."),
    line(
      .hasGenerations, .error, .error, "Logical disk {name} has generations.",
      "論理ディスク{name}には世代があります。",
      why: "Its generations depend on it.", then: "Remove the generations, then repeat."),
    line(
      .assignedToLDSet, .error, .error, "Logical disk {name} is in LD set {set}.",
      "論理ディスク{name}はLDセット{set}に登録されています。",
      why: "Hosts may be using it.", then: "Remove it from the LD set, then repeat."),
    line(
      .typeFrozen, .error, .error, "The type of {name} cannot be changed.", "{name}のタイプは変更できません。",
      why: "It is fixed while generations exist, and of snapshot and link volumes always.",
      then: "Remove the generations first."),
    line(
      .cannotShrink, .error, .error, "Logical disk {name} cannot become smaller.",
      "論理ディスク{name}は縮小できません。",
      why: "A logical disk can be expanded only.", then: "Give a larger new total size."),
    line(
      .invalidCapacity, .error, .usage, "{capacity} bytes is not a possible capacity.",
      "容量{capacity}バイトは指定できません。",
      why: "A logical disk has 1 MiB to 64 TiB, in multiples of 4 KiB.",
      then: "Choose 1 MiB to 64 TiB, in whole 4 KiB."),
    line(
      .wrongKindForConfiguration, .error, .error,
      "Logical disk {name} is {kind}; {expected} is needed.",
      "論理ディスク{name}は{kind}です。{expected}を指定してください。",
      why: "The operation works on another kind of disk.", then: "Name the right disk."),
    line(
      .tooFewEmptyGenerations, .error, .error,
      "Of {count} generations to remove from {bv} only {empty} hold no snapshot.",
      "{bv}から削除する{count}世代のうち、スナップショットのない世代は{empty}です。",
      why: "A generation that holds a snapshot is never removed.",
      then: "Delete snapshots first, then repeat."),
    line(
      .generationHoldsSnapshot, .error, .error, "Generation {sv} of {bv} holds a snapshot.",
      "{bv}の世代{sv}にはスナップショットがあります。",
      why: "A generation that holds a snapshot is never removed.",
      then: "Delete the snapshot first, then repeat."),
    line(
      .otherPool, .error, .error, "{name} has to be in pool {pool}.", "{name}はプール{pool}に必要です。",
      why: "All generations and link volumes of a volume are in one pool.",
      then: "Name that pool."),
    line(
      .poolMemberRefused, .error, .error, "{path} cannot be used for a pool: {reason}.",
      "{path}はプールに使用できません: {reason}",
      why: "The file or device could not be created, opened or labelled.",
      then: "Correct what the reason says, or name another file."),
    line(
      .invalidThresholds, .error, .usage,
      "Thresholds {warning} and {critical} are not valid.",
      "しきい値{warning}、{critical}は正しくありません。",
      why: "They are percentages from 1 to 100, and the first is not above the second.",
      then: "Choose other values."),
    line(
      .configurationWhileLinked, .error, .error, "Volume {name} is linked.",
      "ボリューム{name}はリンクされています。",
      why: "A linked volume is in use.", then: "Unlink it, then repeat."),
    line(
      .invalidCount, .error, .usage, "{count} is not a possible number of {what}.",
      "{what}の数{count}は指定できません。",
      why: "It is out of range.", then: "Choose another number."),
    line(
      .unknownJob, .error, .error, "Job {job} does not exist.", "ジョブ{job}は存在しません。",
      why: "No job has this number, or it ended long ago.", then: "Look at the jobs and repeat."),
    line(
      .jobHasEnded, .error, .error, "Job {job} has ended.", "ジョブ{job}は終了しています。",
      why: "Only a job under way can be paused, resumed or limited.", then: "Nothing."),
    line(
      .unknownDisk, .error, .error, "Logical disk {name} does not exist.",
      "論理ディスク{name}は存在しません。",
      why: "No logical disk has this name or number.",
      then: "Check the spelling; upper and lower case differ."),
    line(
      .hasLinkVolumes, .error, .error, "Logical disk {name} has link volumes.",
      "論理ディスク{name}にはLVがあります。",
      why: "Its link volumes depend on it.", then: "Unbind the link volumes, then repeat."),
    line(
      .numberOutOfRange, .error, .usage, "{number} is not a possible {what}.",
      "{what} {number}は指定できません。",
      why: "It is out of range.", then: "Choose another number."),
    line(
      .tooMany, .error, .error, "The array cannot have more than {limit} {what}.",
      "{what}の最大数は{limit}です。",
      why: "A limit of the array is reached.", then: "Remove some that are not needed."),
    line(
      .poolIsBasic, .error, .error, "Pool {pool} is a basic pool.",
      "プール{pool}は基本プールです。",
      why: "A reserve, generations and link volumes need a dynamic pool.",
      then: "Use a dynamic pool."),
  ]
}
