import SedaiFormat
import SedaiModel

// Finding what a request names.

extension ArrayState {
  func find(_ reference: DiskReference) -> Disk? {
    switch reference {
    case .name(let name): byName[name].flatMap { disks[$0] }
    case .fullName(let full):
      byName[full.name].flatMap { disks[$0] }.flatMap { $0.osType == full.osType ? $0 : nil }
    case .number(let number): byNumber[number].flatMap { disks[$0] }
    }
  }

  /// - Parameter missing: the message if there is none; configuration and snapshot commands
  ///   have their own.
  func disk(
    _ reference: DiskReference, missing: MessageID = .unknownVolume
  ) throws(DiskArrayError) -> Disk {
    guard let disk = find(reference) else {
      throw DiskArrayError(.notFound, missing, ["name": .text(reference.description)])
    }
    return disk
  }

  /// A disk with contents of its own.
  func volume(
    _ reference: DiskReference, missing: MessageID = .unknownVolume,
    wrong: MessageID = .wrongKind
  ) throws(DiskArrayError) -> (Disk, DataVolume) {
    let disk = try disk(reference, missing: missing)
    guard let volume = disk.volume else {
      throw wrongKind(disk, expected: "IV/BV", wrong)
    }
    return (disk, volume)
  }

  /// A disk that has generations.
  func base(_ reference: DiskReference) throws(DiskArrayError) -> (Disk, DataVolume) {
    let (disk, volume) = try volume(reference)
    guard families[disk.id]?.generations.isEmpty == false else {
      throw DiskArrayError(
        .stateConflict, .noGenerationBuilt, ["bv": .text(disk.name.rawValue)])
    }
    return (disk, volume)
  }

  func link(
    _ reference: DiskReference, missing: MessageID = .unknownVolume,
    wrong: MessageID = .wrongKind
  ) throws(DiskArrayError) -> (Disk, LinkVolume) {
    let disk = try disk(reference, missing: missing)
    guard let link = disk.link else { throw wrongKind(disk, expected: "LV", wrong) }
    return (disk, link)
  }

  /// A snapshot volume by name, number or place.
  /// - Parameter base: if the request names it too, the snapshot volume must belong to it.
  func generation(
    _ reference: SnapshotReference, of base: DiskReference? = nil
  ) throws(DiskArrayError) -> (Disk, SnapshotVolume) {
    let found: Disk
    switch reference {
    case .disk(let disk):
      found = try self.disk(disk)
    case .generation(let owner, let place):
      found = try generation(place, of: try self.base(owner).0)
    }
    guard let snapshot = found.snapshot else {
      throw wrongKind(found, expected: "SV", .wrongKind)
    }
    if let base {
      let owner = try self.base(base).0
      guard owner.id == snapshot.base else {
        throw DiskArrayError(
          .stateConflict, .notGenerationOfBase,
          ["sv": .text(found.name.rawValue), "bv": .text(owner.name.rawValue)])
      }
    }
    return (found, snapshot)
  }

  private func generation(
    _ place: GenerationReference, of base: Disk
  ) throws(DiskArrayError) -> Disk {
    let family = families[base.id]
    let id =
      switch place {
      case .relative(let age): family?.generation(age: age)
      case .absolute(let number): family?.generation(number: number)
      }
    guard let id, let disk = disks[id] else {
      throw DiskArrayError(
        .notFound, .unknownGeneration,
        ["bv": .text(base.name.rawValue), "generation": .text(place.description)])
    }
    return disk
  }

  func pool(_ number: UInt8) throws(DiskArrayError) -> Pool {
    guard let pool = pools[PoolID(number)] else {
      throw DiskArrayError(.notFound, .unknownPool, ["pool": .text(String(number))])
    }
    return pool
  }

  func ldSet(_ name: LDSetName) throws(DiskArrayError) -> LDSet {
    guard let set = sets[name] else {
      throw DiskArrayError(.notFound, .unknownLDSet, ["set": .text(name.rawValue)])
    }
    return set
  }

  func blockSize(of disk: Disk) -> LogicalBlockSize {
    disks[disk.baseID]?.volume?.blockSize ?? .bytes512
  }

  func name(_ id: VolumeID) -> String { disks[id]?.name.rawValue ?? "-" }

  func roles(of disk: Disk) -> VolumeRoles {
    switch disk.body {
    case .snapshot: return replicas[disk.id] == nil ? .snapshot : [.snapshot, .master]
    case .link: return .link
    case .volume(let volume):
      var roles: VolumeRoles = volume.isControl ? .control : []
      if families[disk.id]?.generations.isEmpty == false { roles.insert(.base) }
      if volume.pair != nil { roles.insert(.replication) }
      if replicas[disk.id] != nil { roles.insert(.master) }
      return roles
    }
  }

  func wrongKind(_ disk: Disk, expected: String, _ message: MessageID) -> DiskArrayError {
    DiskArrayError(
      .stateConflict, message,
      [
        "name": .text(disk.name.rawValue), "kind": .text(roles(of: disk).text),
        "expected": .text(expected),
      ])
  }
}
