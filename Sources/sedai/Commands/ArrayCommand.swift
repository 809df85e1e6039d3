import ArgumentParser
import Foundation
import SedaiAPI
import SedaiClient

/// A command that talks to the array.
protocol ArrayCommand: AsyncParsableCommand {
  /// - Throws: `Problem` when the array refuses.
  func run(_ array: ArrayClient) async throws
}

extension ArrayCommand {
  func run() async throws {
    let settings = try ClientSettings(environment: ProcessInfo.processInfo.environment)
    let array = ArrayClient(settings)
    let result: Result<Void, any Error>
    do {
      result = .success(try await run(array))
    } catch {
      result = .failure(error)
    }
    await array.close()
    try result.get()
  }
}

struct StatusCommand: ArrayCommand {
  static let configuration = CommandConfiguration(
    commandName: "status", abstract: "Show the array as a whole.")
  @OptionGroup var output: OutputOptions

  func run(_ array: ArrayClient) async throws {
    let status: StatusDocument = try await array.get(APIPath.status)
    try output.show(status) { status in
      var sheet = Sheet()
      sheet.add("Array", status.name)
      sheet.add("Product", "\(status.product) \(status.version)")
      sheet.add("World wide name", status.worldWideName)
      sheet.add("Running since", Shown.time(status.startedAt))
      sheet.add("Pools", "\(status.pools)")
      sheet.add("Logical disks", "\(status.logicalDisks)")
      sheet.add("Snapshots", "\(status.snapshots)")
      sheet.add("Link volumes", "\(status.linkVolumes)")
      sheet.add("Jobs", "\(status.runningJobs)")
      sheet.add("Newest event", "\(status.newestEvent)")
      sheet.add("NBD sockets", status.nbdSocketDirectory)
      sheet.add("NBD address", status.nbdAddress)
      return sheet.text
    }
  }
}
