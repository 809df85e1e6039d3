public import SedaiAPI
public import SedaiHostModel
internal import SedaiModel

/// What is written down about attachments.
public struct AttachmentRecords: Sendable {
  private let places: HostPlaces

  public init(_ places: HostPlaces) { self.places = places }

  /// By name; those to be made again after a start are among them whether they are made or not.
  public func all() throws(Problem) -> [AttachmentRecord] {
    let names = Set(
      HostFiles.names(in: places.attachments) + HostFiles.names(in: places.persistentAttachments))
    var records: [AttachmentRecord] = []
    for file in names.sorted() where file.hasSuffix(".json") {
      if let record = try record(String(file.dropLast(".json".count))) { records.append(record) }
    }
    return records
  }

  /// Nil if the disk was never attached, or detached.
  public func record(_ name: String) throws(Problem) -> AttachmentRecord? {
    if let current: AttachmentRecord = try HostFiles.value(path(places.attachments, name)) {
      return current
    }
    guard
      var kept: AttachmentRecord = try HostFiles.value(path(places.persistentAttachments, name))
    else { return nil }
    // Of another run of the machine: devices have other numbers now.
    kept.device = nil
    kept.connection = nil
    return kept
  }

  /// The record of a disk, whatever it was called then; nil if it was never attached.
  ///
  /// - Throws: if another disk was attached by this name.
  func record(of identity: DiskIdentity, named name: String) throws(Problem) -> AttachmentRecord? {
    let all = try all()
    if let record = all.first(where: { $0.identity == identity }) { return record }
    guard !all.contains(where: { $0.name == name }) else {
      throw Problem(.identityMismatch, ["name": .text(name)])
    }
    return nil
  }

  public func store(_ record: AttachmentRecord) throws(Problem) {
    try HostFiles.store(record, at: path(places.attachments, record.name))
    if record.isPersistent {
      try HostFiles.store(record, at: path(places.persistentAttachments, record.name))
    }
  }

  public func forget(_ record: AttachmentRecord) {
    HostFiles.remove(path(places.attachments, record.name))
    HostFiles.remove(path(places.persistentAttachments, record.name))
  }

  private func path(_ directory: String, _ name: String) -> String {
    directory + "/" + name + ".json"
  }
}
