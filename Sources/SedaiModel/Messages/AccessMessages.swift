extension MessageCatalogue {
  /// Refusals and warnings about LD sets, host ports and licences.
  static let accessMessages: [MessageEntry] = [
    line(
      .unknownLDSet, .error, .error, "LD set {set} does not exist.", "LDセット{set}は存在しません。",
      why: "No LD set has this name.", then: "Look at the LD sets and repeat."),
    line(
      .ldSetExists, .error, .error, "LD set {set} exists already.", "LDセット{set}は既に存在します。",
      why: "Names of LD sets are unique.", then: "Choose another name."),
    line(
      .alreadyInLDSet, .error, .error, "Logical disk {name} is in LD set {set} already.",
      "論理ディスク{name}は既にLDセット{set}に登録されています。",
      why: "A disk is in an LD set once.", then: "Nothing."),
    line(
      .notAssignable, .error, .error, "Logical disk {name} cannot be assigned to a host.",
      "論理ディスク{name}はホストに割り当てられません。",
      why: "Snapshot volumes are reached through link volumes only.",
      then: "Assign a link volume."),
    line(
      .linkVolumeAtLUNZero, .error, .error, "Link volume {name} cannot have LUN 0.",
      "LV {name}にLUN 0は割り当てられません。",
      why: "LUN 0 must always be accessible.", then: "Choose another LUN."),
    line(
      .lunInUse, .error, .error, "LUN {lun} of LD set {set} is in use.",
      "LDセット{set}のLUN {lun}は使用中です。",
      why: "Another disk has it.", then: "Choose a free LUN."),
    line(
      .clientExists, .error, .error, "Client {client} is in LD set {set} already.",
      "クライアント{client}は既にLDセット{set}に登録されています。",
      why: "A client belongs to one LD set.", then: "Remove it there first."),
    line(
      .unknownClient, .error, .error, "Client {client} is not in LD set {set}.",
      "クライアント{client}はLDセット{set}に登録されていません。",
      why: "There is nothing to remove.", then: "Look at the LD set and repeat."),
    line(
      .ldSetNotEmpty, .error, .error, "LD set {set} still has logical disks.",
      "LDセット{set}に論理ディスクが登録されています。",
      why: "Hosts may be using them.", then: "Remove the disks from it, then repeat."),
    line(
      .wrongLDSetKind, .error, .error, "LD set {set} is of type {kind}; {expected} is needed.",
      "LDセット{set}のタイプは{kind}です。{expected}を指定してください。",
      why: "Initiators and ports belong to iSCSI sets, paths to Fibre Channel sets.",
      then: "Name the right LD set."),
    line(
      .baseAndLinkSeen, .warning, .success,
      "The hosts of LD set {set} see base volume {bv} and its link volume {lv}.",
      "LDセット{set}のホストはBV {bv}とそのLV {lv}の両方を認識します。",
      why: "The same file system appears twice on one host, which may mix the two up.",
      then: "Assign link volumes to another host if that is not what is wanted."),
    line(
      .baseAndLinkOnOneHost, .error, .error,
      "LD set {set} cannot have base volume {bv} and its link volume {lv}.",
      "LDセット{set}にBV {bv}とそのLV {lv}の両方を登録できません。",
      why: "Disks of type WG must not appear on one host together with a copy of themselves.",
      then: "Assign the link volume to another host."),
    line(
      .linkVolumesOnOneHost, .error, .error,
      "LD set {set} cannot have two link volumes of one base volume: {lv} and {other}.",
      "LDセット{set}に同じBVのLV {lv}と{other}の両方を登録できません。",
      why: "Disks of type WG must not appear on one host together with a copy of themselves.",
      then: "Assign each link volume to a host of its own."),
    line(
      .controlVolumeAssigned, .error, .error, "Control volume {name} is in LD set {set}.",
      "CV {name}はLDセット{set}に登録されています。",
      why: "A control volume belongs to one host.", then: "Bind another one for this host."),
    line(
      .lunChosenByArray, .error, .error,
      "LD set {set} has a target for each disk: a LUN cannot be chosen.",
      "LDセット{set}はマルチターゲットモードのため、LUNを指定できません。",
      why: "In multi-target mode the array chooses target and LUN.",
      then: "Leave the LUN out."),
    line(
      .initiatorExists, .error, .error, "Initiator {initiator} is in LD set {set} already.",
      "イニシエータ{initiator}は既にLDセット{set}に登録されています。",
      why: "An initiator belongs to one LD set.", then: "Remove it there first."),
    line(
      .unknownInitiator, .error, .error, "Initiator {initiator} is not in LD set {set}.",
      "イニシエータ{initiator}はLDセット{set}に登録されていません。",
      why: "There is nothing to remove.", then: "Look at the LD set and repeat."),
    line(
      .pathExists, .error, .error, "Path {path} is in LD set {set} already.",
      "パス{path}は既にLDセット{set}に登録されています。",
      why: "A path belongs to one LD set.", then: "Remove it there first."),
    line(
      .unknownPath, .error, .error, "Path {path} is not in LD set {set}.",
      "パス{path}はLDセット{set}に登録されていません。",
      why: "There is nothing to remove.", then: "Look at the LD set and repeat."),
    line(
      .invalidAccessName, .error, .usage, "{name} is not a valid {what}.",
      "{name}は{what}として正しくありません。",
      why: "An initiator begins with iqn., eui. or naa.; a path is 1000-0090-FA00-0001 or a "
        + "port; a port is 00-01; an address is 192.0.2.10; an account has 1 to 32 letters, "
        + "digits, _ - and .",
      then: "Correct it and repeat."),
    line(
      .unknownPort, .error, .error, "Host port {port} does not exist.",
      "ホストポート{port}は存在しません。",
      why: "No host port of this number is set up.", then: "Set it up first."),
    line(
      .portalInUse, .error, .error, "{portal} belongs to host port {port}.",
      "{portal}はホストポート{port}で使用されています。",
      why: "A portal belongs to one host port.", then: "Choose another address or TCP port."),
    line(
      .unusableSecret, .error, .usage, "The CHAP secret or user cannot be used.",
      "CHAPシークレットまたはユーザ名が正しくありません。",
      why: "A secret has 12 to 255 bytes and no control characters, a user's name 1 to 255; and "
        + "what an initiator proves with is not what a target proves with.",
      then: "Choose another one."),
    line(
      .accountExists, .error, .error, "Account {name} exists already.",
      "アカウント{name}は既に存在します。",
      why: "Operators and hosts have names of their own.", then: "Choose another name."),
    line(
      .unknownAccount, .error, .error, "Account {name} does not exist.",
      "アカウント{name}は存在しません。",
      why: "No operator or host has this name.", then: "Look at the lists and repeat."),
    line(
      .wrongAccountKind, .error, .error, "Account {name} is of kind {kind}; {expected} is needed.",
      "アカウント{name}の種類は{kind}です。{expected}を指定してください。",
      why: "Roles belong to operators, LD sets to hosts.",
      then: "Use the commands for this kind of account."),
    line(
      .localUserTaken, .error, .error, "Local user {user} is account {name} already.",
      "ローカルユーザー{user}は既にアカウント{name}に割り当てられています。",
      why: "A local user is one account, so that it is clear who asks.",
      then: "Take it from that account first."),
    line(
      .invalidLicenceKey, .error, .usage, "{key} is not a licence key.",
      "{key}はライセンスキーとして正しくありません。",
      why: "A key looks like DSV-V3-10TB-84; its last two digits find typing errors.",
      then: "Compare with the key as it was given and repeat."),
    line(
      .licenceMissing, .error, .error, "{product} is not released on this array.",
      "{product}のライセンスが解除されていません。",
      why: "The array has licences, and none for this product.",
      then: "Release it with iSMcfg licenserelease."),
    line(
      .licenceExceeded, .error, .error,
      "The array is larger than its licence of {product} allows.",
      "アレイの容量が{product}のライセンスを超えています。",
      why: "Pools were added. What is built goes on working; nothing new is built.",
      then: "Release the product for the array's capacity with iSMcfg licenserelease."),
  ]
}
