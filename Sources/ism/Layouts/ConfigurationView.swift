import SedaiAPI
import SedaiModel

/// What a configuration is shown as. The forms differ in how sizes and missing values are
/// written, and the text form has labels of its own.
/// - Source: management-cli.md 3 and 4.5.
struct ConfigurationView {
  let configuration: ConfigurationDocument
  let form: OutputForm

  func chapters(_ selection: ViewSelection) -> [ViewChapter] {
    switch selection {
    case .arrays: [ViewChapter(name: "Disk Array", objects: [arrayListEntry])]
    case .all, .reduced: [disks, licences, logicalDisks, pools, reserves, hostPorts, ldSets]
    case .logicalDisks: [logicalDisks]
    case .pools: [pools, reserves]
    case .hostPorts: [hostPorts]
    case .ldSets: [ldSets]
    case .licences: [licences]
    }
  }

  // MARK: The array

  /// What is no value of its own: one word without blanks.
  private static let raidType = "none"
  static let product = "Sedai"

  private var disks: ViewChapter {
    let status = configuration.status
    var units = [ViewUnit("Product ID", Self.product)]
    if form == .text {
      units.insert(ViewUnit("Vendor ID", Self.product), at: 0)
      units += [
        ViewUnit("Disk Array Name", status.name),
        ViewUnit("Product FW Revision", status.version),
        ViewUnit("World Wide Name", status.worldWideName),
        ViewUnit("Cache Module", Self.cache(status.cacheBytes ?? 0)),
        ViewUnit("Resource State", resourceState),
      ]
    }
    return ViewChapter(
      name: "Disk Array",
      objects: [
        ViewObject(
          name: "Disk Array", sections: [ViewSection("Disk Array Detail Information", units)])
      ])
  }

  /// A line of the list of arrays.
  var arrayListEntry: ViewObject {
    ViewObject(
      name: "Disk Array",
      sections: [
        ViewSection(
          "Disk Array List",
          [
            ViewUnit("Product ID", Self.product),
            ViewUnit("Disk Array Name", configuration.status.name),
            ViewUnit("Resource State", resourceState), ViewUnit("Monitoring", "running"),
          ])
      ])
  }

  private var licences: ViewChapter {
    ViewChapter(
      name: "License",
      objects: configuration.licences.map { licence in
        ViewObject(
          name: "License",
          sections: [
            ViewSection(
              "License Information",
              [
                ViewUnit("Licensed Product", licence.product),
                ViewUnit("License State", licence.state),
                ViewUnit("License Version", licence.version.map { "\($0)" } ?? nothing),
                ViewUnit(
                  "Licensed Capacity", licence.capacity.map(poolSize) ?? nothing),
              ])
          ])
      })
  }

  private var resourceState: String {
    configuration.pools.allSatisfy { $0.state == .ready } ? "ready" : "attn"
  }

  // MARK: Disks and pools

  private var logicalDisks: ViewChapter {
    let numbers = Dictionary(
      configuration.pools.map { ($0.name, $0.number) }, uniquingKeysWith: { first, _ in first })
    return ViewChapter(
      name: "Logical Disk",
      objects: configuration.logicalDisks.filter { Self.isShown($0.number) }.map { disk in
        ViewObject(
          name: "Logical Disk",
          sections: [
            ViewSection("LD Detail Information", units(of: disk, numbers[disk.pool] ?? 0))
          ])
      })
  }

  private func units(of disk: LogicalDiskDocument, _ pool: UInt8) -> [ViewUnit] {
    var units = [
      ViewUnit("LDN(h)", Self.hexadecimal(disk.number ?? 0)),
      ViewUnit("OS Type", type(disk.osType)),
      ViewUnit("LD Name", disk.name),
      ViewUnit("LD Capacity", size(disk.capacity)),
      ViewUnit("Pool No.(h)", Self.hexadecimal(UInt32(pool))),
    ]
    if form == .text {
      units += [ViewUnit("Pool Name", disk.pool), ViewUnit("RaidType", Self.raidType)]
    }
    return units + [
      ViewUnit("Purpose", disk.kind.purpose), ViewUnit("RPL Attribute", Self.attribute(of: disk)),
    ]
  }

  /// Whether a disk's number is below the limit of the largest model; a set does not speak of
  /// a disk that is not shown either.
  static func isShown(_ number: UInt32?) -> Bool {
    number.map { $0 < LogicalDiskNumber.legacyLimit } ?? false
  }

  private var pools: ViewChapter {
    ViewChapter(
      name: "Pool",
      objects: configuration.pools.map { pool in
        var units = [ViewUnit("Pool No.(h)", Self.hexadecimal(UInt32(pool.number)))]
        if form == .text {
          units += [
            ViewUnit("Pool Name", pool.name), ViewUnit("Pool Type", pool.kind.rawValue),
          ]
        }
        units += [
          ViewUnit("Pool Capacity", poolSize(pool.capacity)),
          ViewUnit("Used Pool Capacity", poolSize(pool.capacity - pool.freeBytes)),
          ViewUnit("Free Pool Capacity", poolSize(pool.freeBytes)),
        ]
        return ViewObject(
          name: "Pool", sections: [ViewSection("Pool Detail Information", units)])
      })
  }

  private var reserves: ViewChapter {
    ViewChapter(
      name: "Snapshot Reserve Area",
      objects: configuration.reserves.map { reserve in
        ViewObject(
          name: "SRA",
          sections: [
            ViewSection(
              "SRA Information",
              [
                ViewUnit("SRA Pool Name", reserve.pool),
                ViewUnit("SRA Capacity", poolSize(reserve.capacity)),
                ViewUnit("Used SRA Capacity", poolSize(reserve.usedBytes)),
                ViewUnit("SRA State", reserve.level.rawValue),
              ])
          ])
      })
  }

  // MARK: Words

  func type(_ type: String?) -> String { type ?? (form == .xml ? "  " : nothing) }

  private func size(_ bytes: UInt64) -> String {
    form == .xml ? String(bytes) : QueryLayout.size(bytes)
  }

  /// Pools are always counted in GB.
  private func poolSize(_ bytes: UInt64) -> String {
    if form == .xml { return String(bytes) }
    let tenths = bytes / (1 << 30) * 10 + bytes % (1 << 30) * 10 / (1 << 30)
    return "\(tenths / 10).\(tenths % 10)GB"
  }

  /// Whole GB, rounded up: readers want a whole number.
  private static func cache(_ bytes: UInt64) -> String {
    "\((bytes + (1 << 30) - 1) / (1 << 30))GB"
  }

  /// At least four digits.
  static func hexadecimal(_ number: UInt32) -> String {
    LogicalDiskNumber(number).hexadecimal
  }
}

extension ConfigurationView {
  /// The replication attribute: IV for a disk that is in no relation, also a control volume.
  static func attribute(of disk: LogicalDiskDocument) -> String {
    switch disk.kind {
    case .individual, .control: "IV"
    case .base, .snapshot, .link, .master, .replica: disk.roles ?? disk.kind.rawValue
    case .reserve: "---"
    }
  }
}

extension LogicalDiskKind {

  /// `---` for disks that a user may use; programs take no others over.
  fileprivate var purpose: String {
    switch self {
    case .individual, .base, .master, .replica: "---"
    case .snapshot, .link, .control, .reserve: "(invalid attribute)"
    }
  }
}
