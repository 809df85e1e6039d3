extension MessageCatalogue {
  /// What commands say that do something to a volume of a host.
  static let diskMessages: [MessageEntry] = [
    line(
      .notInVolumeList, .error, .error, "{name} is not in the volume list of this host.",
      "{name}はこのホストのボリューム一覧に登録されていません。",
      why: "The list has no such disk, volume, drive letter or mount point, or an unmount took the "
        + "drive letter away.",
      then: "Look at the list with iSMvollist -a; name the volume with -mvol or -vol."),
    line(
      .mangledVolumeName, .error, .usage, "A shell took backslashes from {value}; type {right}",
      "{value}の\\がシェルにより失われています。{right}と入力してください。",
      why: "Outside quotes a shell takes backslashes for its own.", then: "Type it as shown."),
    line(
      .diskNotReady, .error, .error, "The disk of {name} is not ready.",
      "{name}のディスクはNot Readyです。",
      why: "It was unmounted, unlinked, or its connection is lost.",
      then: "Link it if it is a link volume, then use iSMrc_mount or iSMrc_scan."),
    line(
      .noSuchPartition, .error, .error, "{name} has no partition {partition} for the kernel.",
      "{name}にパーティション{partition}はありません。",
      why: "The partitions changed, or the kernel could not read them.",
      then: "Look at the disk, then run iSMvollist -cr."),
    line(
      .severalPartitions, .error, .error, "{name} has {count} volumes.",
      "{name}には{count}個のボリュームがあります。",
      why: "Snapshots and links act on the whole disk: what is done to one volume changes the "
        + "others.",
      then: "Use one partition for each disk; permit_partitions in iSMrpl.ini permits more, and "
        + "-mvol names one."),
    line(
      .gptNotPermitted, .error, .error,
      "{name} has a GUID partition table, which is not permitted.",
      "{name}はGPTディスクのため操作できません。",
      why: "Such disks need type WG and permit_gpt in iSMrpl.ini, or type LX.",
      then: "Set the type before generations are built, or permit it."),
    line(
      .diskIsMember, .error, .error, "{name} is part of something that spans disks ({kind}).",
      "{name}は複数ディスクにまたがる構成({kind})のため操作できません。",
      why: "Snapshots of one disk do not fit those of the others.",
      then: "Use plain partitions; permit_members in iSMrpl.ini permits LVM and RAID."),
    line(
      .mountPointCount, .error, .error, "{name} has {count} mount points; exactly one is needed.",
      "{name}のマウントポイントは{count}個です。1個でなければ実行できません。",
      why: "The whole disk becomes unusable with it.",
      then: "Mount it, or unmount all places but one, then repeat."),
    line(
      .notMounted, .error, .error, "{name} is not mounted.", "{name}はマウントされていません。",
      why: "There is nothing to unmount.", then: "Nothing, or name the right volume."),
    line(
      .alreadyMounted, .error, .error, "{name} is mounted at {path}.",
      "{name}は既に{path}にマウントされています。",
      why: "A volume is mounted once.", then: "Use it there, or unmount it first."),
    line(
      .noFileSystem, .error, .error, "{name} holds no file system that can be mounted ({kind}).",
      "{name}にマウント可能なファイルシステムがありません({kind})。",
      why: "It is raw, or holds swap space, encrypted data or a part of LVM or RAID.",
      then: "Use the device itself, or make a file system."),
    line(
      .twinFileSystem, .error, .error,
      "{name} and {device} have the same identifier {id}: {advice}.",
      "{name}と{device}の識別子{id}が同じです: {advice}",
      why: "The kernel cannot tell two XFS or btrfs file systems of one identifier apart.",
      then: "Follow the advice."),
    line(
      .driveInUse, .error, .error, "Drive {drive} is in use by {name}.",
      "ドライブ{drive}は{name}が使用しています。",
      why: "A drive letter stands for one volume at a time.",
      then: "Unmount that volume, or take another letter."),
    line(
      .checkAdvised, .notice, .success,
      "The file system of {name} was in use when its contents were taken. To check it: {command}",
      "{name}は使用中の状態で採取されています。検査コマンド: {command}",
      why: "The snapshot was taken without unmounting; the file system repaired itself by its "
        + "journal.",
      then: "Unmount it and run the command if its contents look wrong."),
    line(
      .pathNotNormal, .error, .error, "Specified path is not normal status.",
      "指定されたパスは正常な状態ではありません。",
      why: "The link volume shows another snapshot than when it was mounted: the snapshot was made "
        + "again, deleted or unlinked under the file system.",
      then: "Unmount it with -force or -offline, link it and mount it again."),
    line(
      .scanEnded, .info, .success, "iSMrc_scan has normally terminated.", "iSMrc_scanは正常終了しました。",
      why: "The command did what was asked.", then: "Nothing."),
    line(
      .signatureEnded, .info, .success, "iSMrc_signature has normally terminated.",
      "iSMrc_signatureは正常終了しました。",
      why: "The command did what was asked.", then: "Nothing."),
    line(
      .noSignature, .error, .error, "{name} has no signature that can be shown or changed.",
      "{name}には参照または変更可能なシグネチャがありません。",
      why: "It has no partition table, another kind of table than was saved, or is not ready; the "
        + "identifier of a GUID partition table is not changed.",
      then: "Look at the disk; divide it again if its table is lost."),
    line(
      .volumeSuspended, .notice, .success,
      "{path} is unmounted until the restore has begun. If the command does not end: iSMrc_mount "
        + "-mvol '{volume}'",
      "リストア開始まで{path}をアンマウントします。コマンドが終了しない場合: iSMrc_mount -mvol '{volume}'",
      why: "A restore exchanges what the volume holds.",
      then: "Nothing; after a crash mount it as the message says."),
  ]
}

extension MessageID {
  // MARK: Volumes of a host
  public static let notInVolumeList = MessageID(11718)
  public static let scanEnded = MessageID(13010)
  public static let signatureEnded = MessageID(13011)
  public static let diskNotReady = MessageID(13610)
  public static let noSuchPartition = MessageID(13611)
  public static let severalPartitions = MessageID(13612)
  public static let gptNotPermitted = MessageID(13613)
  public static let diskIsMember = MessageID(13614)
  public static let mountPointCount = MessageID(13615)
  public static let notMounted = MessageID(13616)
  public static let alreadyMounted = MessageID(13617)
  public static let noFileSystem = MessageID(13618)
  public static let twinFileSystem = MessageID(13619)
  public static let driveInUse = MessageID(13620)
  public static let checkAdvised = MessageID(13621)
  public static let volumeSuspended = MessageID(13622)
  public static let noSignature = MessageID(13623)
  public static let pathNotNormal = MessageID(13639)
  public static let mangledVolumeName = MessageID(19406)
}
