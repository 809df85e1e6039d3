import SedaiBytes
import SedaiEngine
import SedaiFormat
public import SedaiModel

extension DiskArray {
  /// Makes a logical disk (IV) or a control volume. It is visible to no host.
  public func bind(
    _ specification: DiskSpecification, by requester: Requester
  ) throws(DiskArrayError) -> DiskFacts {
    let capacity =
      specification.isControlVolume
      ? ArrayLimits.controlVolumeCapacity : specification.capacity
    try Self.check(capacity: capacity)
    let id = try perform(.bindDisk, by: requester) {
      (state, change) throws(DiskArrayError) -> VolumeID in
      let pool = try state.pool(specification.pool)
      let number = try Self.number(specification.number, in: state)
      let name = try Self.name(specification.name, number, in: state)
      let image = engine.nextImageID()
      let disk = Disk(
        id: change.nextVolume(in: state), number: number, name: name,
        osType: specification.osType, pool: pool.id, boundAt: change.now,
        body: .volume(
          DataVolume(
            image: image, capacity: capacity, blockSize: specification.blockSize,
            isControl: specification.isControlVolume,
            lastGeneration: 0)))
      change.perform(.create(image, pool: pool.id, length: ByteCount(capacity)))
      change.put(disk)
      change.tell(
        .diskBound,
        [
          "name": .text(name.rawValue), "number": .text(number.description),
          "pool": .text(pool.name.rawValue),
        ], in: state)
      return disk.id
    }
    return try facts(id)
  }

  /// Gives a disk another name, another type, or both.
  ///
  /// - Parameter osType: nil keeps the type, `.some(nil)` takes it away.
  /// - Throws: `.typeFrozen` if the disk has generations or link volumes, or is one.
  /// - Source: features.md 1.4.3.
  public func rename(
    _ reference: DiskReference, to name: LogicalDiskName, osType: OSType?? = nil,
    by requester: Requester
  ) throws(DiskArrayError) -> DiskFacts {
    let id = try perform(.renameDisk, by: requester) {
      (state, change) throws(DiskArrayError) -> VolumeID in
      var disk = try state.disk(reference, missing: .unknownDisk)
      let old = disk.name
      if let other = state.byName[name], other != disk.id {
        throw DiskArrayError(.alreadyExists, .nameInUse, ["name": .text(name.rawValue)])
      }
      if let osType, osType != disk.osType {
        guard disk.volume != nil, state.families[disk.id] == nil else {
          throw DiskArrayError(
            .stateConflict, .typeFrozen, ["name": .text(old.rawValue)])
        }
        disk.osType = osType
      }
      disk.name = name
      change.put(disk)
      change.tell(
        .diskRenamed,
        ["name": .text(old.rawValue), "new": .text(disk.name.rawValue)], in: state)
      return disk.id
    }
    return try facts(id)
  }

  /// Makes a disk larger. Generations keep their size; after a restore of one the tail reads
  /// as zeroes. Who has it open is cut off and finds the new size when opening it again.
  /// - Parameter capacity: the new size as a whole, in bytes.
  public func expand(
    _ reference: DiskReference, to capacity: UInt64, by requester: Requester
  ) throws(DiskArrayError) -> DiskFacts {
    try Self.check(capacity: capacity)
    let id = try perform(.expandDisk, by: requester) {
      (state, change) throws(DiskArrayError) -> VolumeID in
      var (disk, volume) = try state.volume(
        reference, missing: .unknownDisk, wrong: .wrongKindForConfiguration)
      try requireSettled(disk, in: state, change)
      guard capacity > volume.capacity, !volume.isControl else {
        throw DiskArrayError(
          .stateConflict, .cannotShrink, ["name": .text(disk.name.rawValue)])
      }
      try PairRules.requireIdle(state.connections(of: disk.id))
      volume.capacity = capacity
      disk.body = .volume(volume)
      change.perform(.resize(volume.image, length: ByteCount(capacity)))
      change.put(disk)
      change.close(disk.id)
      for link in state.families[disk.id]?.links ?? [] where state.showsSize(of: disk.id, link) {
        change.close(link)
      }
      change.tell(
        .diskExpanded,
        ["name": .text(disk.name.rawValue), "capacity": .bytes(capacity)], in: state)
      return disk.id
    }
    return try facts(id)
  }

  /// Removes a logical disk and its contents for ever. Not for snapshot and link volumes.
  public func unbind(
    _ reference: DiskReference, by requester: Requester
  ) throws(DiskArrayError) {
    try perform(.unbindDisk, by: requester) { (state, change) throws(DiskArrayError) in
      let (disk, volume) = try state.volume(
        reference, missing: .unknownDisk, wrong: .wrongKindForConfiguration)
      try requireSettled(disk, in: state, change)
      let name = MessageArgument.text(disk.name.rawValue)
      if let family = state.families[disk.id] {
        throw DiskArrayError(
          .stateConflict, family.generations.isEmpty ? .hasLinkVolumes : .hasGenerations,
          ["name": name])
      }
      try requireUnpaired(disk, in: state)
      try requireUnassigned(disk, in: state)
      change.perform(.delete(volume.image))
      if let undo = volume.undo { change.perform(.delete(undo)) }
      change.remove(disk)
      change.close(disk.id)
      change.tell(.diskUnbound, ["name": name], in: state)
    }
    wantReclaim()
  }

  func requireUnassigned(_ disk: Disk, in state: ArrayState) throws(DiskArrayError) {
    guard let set = state.setsOf[disk.id]?.first else { return }
    throw DiskArrayError(
      .stateConflict, .assignedToLDSet,
      ["name": .text(disk.name.rawValue), "set": .text(set.rawValue)])
  }

  // MARK: Numbers and names

  static func check(capacity: UInt64) throws(DiskArrayError) {
    guard (ArrayLimits.smallestDisk...ArrayLimits.largestDisk).contains(capacity),
      capacity.isMultiple(of: ArrayLimits.capacityUnit)
    else { throw invalid(capacity: capacity) }
  }

  /// The number asked for if it is free, else the lowest free one.
  static func number(
    _ wanted: LogicalDiskNumber?, in state: ArrayState
  ) throws(DiskArrayError) -> LogicalDiskNumber {
    guard let wanted else { return state.freeNumber(from: LogicalDiskNumber(0)) }
    guard state.byNumber[wanted] == nil else {
      throw DiskArrayError(
        .alreadyExists, .numberInUse, ["number": .text(wanted.description)])
    }
    return wanted
  }

  /// The name asked for if it is free, else one made of the array's name and the number.
  static func name(
    _ wanted: LogicalDiskName?, _ number: LogicalDiskNumber, in state: ArrayState
  ) throws(DiskArrayError) -> LogicalDiskName {
    let made = String(state.identity.worldWideName.suffix(12)) + number.hexadecimal
    guard let name = wanted ?? LogicalDiskName(made) else {
      throw DiskArrayError(.invalidRequest, .invalidName, ["name": .text(made)])
    }
    guard state.byName[name] == nil else {
      throw DiskArrayError(.alreadyExists, .nameInUse, ["name": .text(name.rawValue)])
    }
    return name
  }
}

extension ArrayState {
  /// - Complexity: O(numbers in use above `start`).
  func freeNumber(from start: LogicalDiskNumber) -> LogicalDiskNumber {
    var number = start.rawValue
    while byNumber[LogicalDiskNumber(number)] != nil { number += 1 }
    return LogicalDiskNumber(number)
  }

  /// Whether a link volume's size is that of its base volume now.
  func showsSize(of base: VolumeID, _ link: VolumeID) -> Bool {
    switch disks[link]?.link?.state.target {
    case .snapshot: false
    case .base, nil: true
    }
  }
}
