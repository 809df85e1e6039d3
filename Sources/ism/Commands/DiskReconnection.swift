import SedaiAPI
import SedaiClient
import SedaiHost
import SedaiHostModel
import SedaiModel

/// Connects what was attached and is not connected.
struct DiskReconnection: Sendable {
  let host: HostConfiguration
  let client: ArrayClient

  /// - Returns: a line about each disk.
  func run() async throws(Problem) -> [String] {
    let records = AttachmentRecords(host.places)
    let attacher = Attacher(host.places, options: host.options)
    var lines: [String] = []
    for record in try records.all() {
      var state: String
      do throws(Problem) {
        state = try await line(record, attacher, records)
      } catch {
        // One disk that cannot be had does not keep the others away.
        state = "\(error.messageID): \(error.title)"
      }
      lines.append("   " + record.name.padded(to: 24) + " " + state)
    }
    return lines
  }

  private func line(
    _ record: AttachmentRecord, _ attacher: Attacher, _ records: AttachmentRecords
  ) async throws(Problem) -> String {
    if !record.isNotReady, let device = record.device, attacher.isConnected(record),
      attacher.answers(record)
    {
      return device
    }
    let disk: LogicalDiskDocument = try await client.get(
      APIPath.member(APIPath.logicalDisks, record.name))
    guard disk.creation == record.identity.creation else {
      throw Problem(.identityMismatch, ["name": .text(record.name)])
    }
    if disk.kind == .link, try await client.linkVolume(record.name)?.linkedTo == nil {
      return "not linked"
    }
    let device = record.device
    var loose = try attacher.disconnect(record)
    loose.device = device
    let connected = try attacher.connect(loose)
    try records.store(connected)
    return connected.device ?? nothing
  }
}
