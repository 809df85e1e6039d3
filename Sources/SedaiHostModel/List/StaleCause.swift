internal import SedaiAPI

/// Why a volume list has to be made again.
/// - Source: seed manual 2.4.1.
public enum StaleCause: Hashable, Sendable {
  case otherArray(name: String)
  case arrayName(now: String)
  case diskName(was: String, now: String)
  case diskType(name: String)
  case diskAdded(name: String)
  case diskRemoved(name: String)
  case diskResized(name: String)
  case generationOrLinkVolume(name: String, isNew: Bool)
  case access(ldSet: String)
  case partitions(name: String)
  case mountPoint(name: String, now: String)
  case controlVolume
  case paths(name: String)
}

extension StaleCause: CustomStringConvertible {
  public var description: String {
    switch self {
    case .otherArray(let name): "it was made of another array than \(name)"
    case .arrayName(let now): "the array is called \(now) now"
    case .diskName(let was, let now): "logical disk \(was) is called \(now) now"
    case .diskType(let name): "the type of logical disk \(name) changed"
    case .diskAdded(let name): "logical disk \(name) is new"
    case .diskRemoved(let name): "logical disk \(name) no longer exists"
    case .diskResized(let name): "logical disk \(name) has another capacity"
    case .generationOrLinkVolume(let name, let isNew):
      isNew ? "\(name) was added to its base volume" : "\(name) no longer exists"
    case .access(let set): "LD set \(set) changed"
    case .partitions(let name): "the partitions of \(name) changed"
    case .mountPoint(let name, let now): "\(name) is mounted at \(now)"
    case .controlVolume: "the definition of the control volume changed"
    case .paths(let name): "the paths to \(name) changed"
    }
  }
}

extension ArrayPicture {
  /// What happened between this picture and a later one, in the order of the manual.
  /// - Complexity: O(disks)
  public func changes(to now: ArrayPicture) -> [StaleCause] {
    if worldWideName != now.worldWideName { return [.otherArray(name: now.name)] }
    if let configurationNumber, configurationNumber == now.configurationNumber { return [] }
    var causes: [StaleCause] = name == now.name ? [] : [.arrayName(now: now.name)]
    causes += changesOfDisks(to: now)
    let before = Dictionary(ldSets.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    let after = Dictionary(
      now.ldSets.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    let renamed = Dictionary(
      causes.compactMap { cause -> (String, String)? in
        if case .diskName(let was, let now) = cause { (was, now) } else { nil }
      }, uniquingKeysWith: { first, _ in first })
    for set in Set(before.keys).union(after.keys).sorted() {
      if before[set]?.with(renamed) != after[set] { causes.append(.access(ldSet: set)) }
    }
    return causes
  }

  private func changesOfDisks(to now: ArrayPicture) -> [StaleCause] {
    var causes: [StaleCause] = []
    let later = Dictionary(
      now.disks.map { ($0.creation, $0) }, uniquingKeysWith: { first, _ in first })
    for disk in disks {
      guard let after = later[disk.creation] else {
        causes.append(disk.change(isNew: false))
        continue
      }
      if disk.name != after.name { causes.append(.diskName(was: disk.name, now: after.name)) }
      if disk.osType != after.osType { causes.append(.diskType(name: after.name)) }
      if disk.capacity != after.capacity, disk.kind != .snapshot, disk.kind != .link {
        causes.append(.diskResized(name: after.name))
      }
    }
    let known = Set(disks.map(\.creation))
    for disk in now.disks where !known.contains(disk.creation) {
      causes.append(disk.change(isNew: true))
    }
    return causes
  }
}

extension ArrayPicture.Disk {
  fileprivate func change(isNew: Bool) -> StaleCause {
    switch kind {
    case .snapshot, .link: .generationOrLinkVolume(name: name, isNew: isNew)
    case .individual, .base, .reserve, .control, .master, .replica:
      isNew ? .diskAdded(name: name) : .diskRemoved(name: name)
    }
  }
}

extension ArrayPicture.Access {
  /// The same with disks under their later names: a new name is a cause of its own.
  fileprivate func with(_ names: [String: String]) -> Self {
    var copy = self
    copy.disks = disks.map { entry in
      let parts = entry.split(separator: " ")
      guard let name = parts.first.flatMap({ names[String($0)] }) else { return entry }
      return name + entry.dropFirst(parts[0].count)
    }.sorted()
    return copy
  }
}

extension VolumeList {
  /// What of this host is no longer as the list says.
  ///
  /// - Parameters:
  ///   - seen: the disks as they are now, read as the list was; an entry that was kept from an
  ///     earlier list is not compared.
  ///   - controlVolume: the definition as it is now.
  public func changes(toHost seen: [ListedDisk], controlVolume: String?) -> [StaleCause] {
    var causes: [StaleCause] = []
    let now = Dictionary(seen.map { ($0.identity, $0) }, uniquingKeysWith: { first, _ in first })
    for disk in disks {
      guard let current = now[disk.identity] else {
        if !disk.paths.isEmpty { causes.append(.paths(name: disk.name)) }
        continue
      }
      if disk.keptBecause == nil, current.keptBecause == nil {
        causes += Self.changes(of: disk, to: current)
      }
      let paths = (was: Set(disk.paths.map(\.device)), now: Set(current.paths.map(\.device)))
      // A disk without path is not ready: commands make it so.
      if !paths.was.isEmpty, !paths.now.isEmpty, paths.was != paths.now {
        causes.append(.paths(name: disk.name))
      }
    }
    let known = Set(disks.map(\.identity))
    for disk in seen where !known.contains(disk.identity) && !disk.paths.isEmpty {
      causes.append(.paths(name: disk.name))
    }
    if controlVolume != self.controlVolume { causes.append(.controlVolume) }
    return causes
  }

  /// A volume that is not mounted now is not changed: commands unmount and mount.
  private static func changes(of disk: ListedDisk, to now: ListedDisk) -> [StaleCause] {
    if disk.table != now.table || disk.volumes.map(\.partition) != now.volumes.map(\.partition) {
      return [.partitions(name: disk.name)]
    }
    return zip(disk.volumes, now.volumes).compactMap { before, after in
      guard let other = after.mountPoints.first(where: { !before.mountPoints.contains($0) })
      else { return nil }
      return .mountPoint(name: disk.name, now: other)
    }
  }
}
