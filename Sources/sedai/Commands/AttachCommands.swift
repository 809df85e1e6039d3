import ArgumentParser
import Foundation
import SedaiAPI
import SedaiClient
import SedaiHost
import SedaiHostModel
import SedaiModel

struct AttachCommand: ArrayCommand {
  static let configuration = CommandConfiguration(
    commandName: "attach", abstract: "Connect a logical disk to this host.",
    discussion: """
      By the best means there is: the kernel's iSCSI, the kernel's NBD, or an NBD client with \
      a loop device. What is done is printed, and recorded so that host commands find the disk. \
      A link volume that is not linked is recorded only; iSMrc_mount or iSMrc_scan connects it \
      when it is.
      """)
  @Argument(help: "The logical disk.") var name: String?
  @Flag(help: "Connect everything again that was attached persistently.") var all = false
  @Option(help: "The only means to try: iscsi, nbd or fuse.") var by: DiskTransport?
  @Option(help: "The LD set to connect as.") var set: String?
  @Flag(help: "Connect it again after a start of the host.") var persist = false
  @Flag(help: "The device takes no writes.") var readOnly = false
  @OptionGroup var output: OutputOptions

  func validate() throws {
    guard (name == nil) == all else {
      throw ValidationError("Name a logical disk, or say --all.")
    }
  }

  func run(_ array: ArrayClient) async throws {
    try HostCommand.needRoot("sedai attach")
    let host = try HostConfiguration(HostCommand.places)
    let records = AttachmentRecords(host.places)
    let attacher = Attacher(host.places, options: host.options)
    let plan = AttachmentPlan(
      configuration: try await array.get(APIPath.configuration), settings: host.settings,
      arrayHost: array.host)
    var done: [AttachmentRecord] = []
    if let name {
      done = [try await attach(name, plan, attacher, records, array)]
    } else {
      for record in try records.all()
      where record.isPersistent && !record.isNotReady && !attacher.isConnected(record) {
        try HostCommand.check(record, plan)
        done.append(try await Self.connect(record, plan, attacher, records, array))
      }
    }
    try output.show(Listing(items: done)) { HostCommand.table($0.items) }
  }

  private func attach(
    _ name: String, _ plan: AttachmentPlan, _ attacher: Attacher, _ records: AttachmentRecords,
    _ array: ArrayClient
  ) async throws -> AttachmentRecord {
    if let former = try records.record(name), let device = former.device,
      attacher.isConnected(former)
    {
      throw Problem(.alreadyAttached, ["name": .text(name), "device": .text(device)])
    }
    var record = try choose(name, plan)
    record.isPersistent = persist
    record.isReadOnly = readOnly
    return try await Self.connect(record, plan, attacher, records, array)
  }

  /// The first means that array and host have in common.
  private func choose(
    _ name: String, _ plan: AttachmentPlan
  ) throws(Problem) -> AttachmentRecord {
    if let asked = by ?? plan.settings.transport {
      guard Attacher.has(asked) else {
        throw Problem(
          .noWayToAttach,
          ["name": .text(name), "reason": .text("this host has no \(asked.rawValue)")])
      }
      return try plan.record(of: name, by: asked, as: set)
    }
    var refusal = Problem(
      .noWayToAttach,
      ["name": .text(name), "reason": .text("this host has none of iscsi, nbd, fuse")])
    for transport in DiskTransport.allCases where Attacher.has(transport) {
      do throws(Problem) {
        return try plan.record(of: name, by: transport, as: set)
      } catch {
        refusal = error
      }
    }
    throw refusal
  }

  /// Connects it if the array shows something there.
  private static func connect(
    _ record: AttachmentRecord, _ plan: AttachmentPlan, _ attacher: Attacher,
    _ records: AttachmentRecords, _ array: ArrayClient
  ) async throws -> AttachmentRecord {
    var record = record
    if try plan.disk(record.name).kind == .link,
      try await array.linkVolume(record.name)?.linkedTo == nil
    {
      record.isNotReady = true
    } else {
      record = try attacher.connect(record)
    }
    try records.store(record)
    return record
  }
}

struct DetachCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "detach", abstract: "Take an attached logical disk away from this host.")
  @Argument(help: "The logical disk.") var name: String
  @OptionGroup var output: OutputOptions

  func run() async throws {
    try HostCommand.needRoot("sedai detach")
    let host = try HostConfiguration(HostCommand.places)
    let records = AttachmentRecords(host.places)
    let attacher = Attacher(host.places, options: host.options)
    guard var record = try records.record(name) else {
      throw Problem(.notAttached, ["name": .text(name)])
    }
    if let device = record.device, attacher.isConnected(record), let disk = HostDisk(device: device)
    {
      let users = VolumeUsers(of: disk.devices)
      let holders = disk.holders + disk.partitions.values.flatMap(\.holders)
      let names =
        users.mounts.map { "mounted at \($0.mountPoint)" }
        + users.others(holders: holders).map(\.description)
      guard names.isEmpty else {
        throw Problem(.diskInUse, detail: names.joined(separator: "\n  "))
      }
    }
    record = try attacher.disconnect(record)
    records.forget(record)
    try output.show(record) { "\($0.name) is detached\n" }
  }
}

struct HostCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "host",
    abstract: "Hosts: who operates the disks of which LD sets, and this machine as one of them.",
    subcommands: [
      HostAccounts.List.self, HostAccounts.Create.self, HostAccounts.Change.self,
      HostAccounts.Rotate.self, HostAccounts.Remove.self, Attachments.self,
      Export.self, Import.self,
    ])

  struct Attachments: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "List the logical disks that are attached to this host.")
    @OptionGroup var output: OutputOptions

    func run() async throws {
      let records = try AttachmentRecords(HostCommand.places).all()
      try output.show(Listing(items: records)) { HostCommand.table($0.items) }
    }
  }

  static var places: HostPlaces {
    HostPlaces(environment: ProcessInfo.processInfo.environment)
  }

  static func needRoot(_ command: String) throws(Problem) {
    guard geteuid() == 0 else { throw Problem(.notRoot, ["command": .text(command)]) }
  }

  /// - Throws: if the array's disk of that name is not the one that was attached.
  static func check(_ record: AttachmentRecord, _ plan: AttachmentPlan) throws(Problem) {
    let now = DiskIdentity(
      array: plan.configuration.status.worldWideName.lowercased(),
      creation: try plan.disk(record.name).creation ?? 0)
    guard now == record.identity else {
      throw Problem(.identityMismatch, ["name": .text(record.name)])
    }
  }

  static func table(_ records: [AttachmentRecord]) -> String {
    var table = Table(
      ("DISK", .left), ("LDN", .right), ("DEVICE", .left), ("BY", .left), ("LD SET", .left),
      ("PERSISTENT", .left), ("FROM", .left))
    for record in records {
      table.add(
        record.name, Shown.number(record.number), record.isNotReady ? "not ready" : record.device,
        record.transport.rawValue, record.ldSet, record.isPersistent ? "yes" : "no",
        ([record.target].compactMap { $0 } + record.sources).joined(separator: " "))
    }
    return table.text
  }
}
