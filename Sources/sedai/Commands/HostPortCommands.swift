import ArgumentParser
import SedaiAPI
import SedaiClient

struct HostPortCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "port", abstract: "iSCSI host ports: the portals of LD sets.",
    subcommands: [List.self, Set.self, Name.self], defaultSubcommand: List.self)

  struct List: ArrayCommand {
    static let configuration = CommandConfiguration(abstract: "List host ports.")
    @OptionGroup var output: OutputOptions

    func run(_ array: ArrayClient) async throws {
      let ports: Listing<HostPortDocument> = try await array.get(APIPath.hostPorts)
      try output.show(ports) { HostPortCommand.table($0.items) }
    }
  }

  struct Set: ArrayCommand {
    static let configuration = CommandConfiguration(abstract: "Give a host port an address.")
    @Argument(help: "Director and port, as in 00-01.") var port: String
    @Argument(help: "An IPv4 address; 0.0.0.0 takes it away.") var address: String
    @Option(help: "The TCP port; 3260 unless told.") var tcpPort: UInt16?
    @OptionGroup var output: OutputOptions

    func run(_ array: ArrayClient) async throws {
      let changed: HostPortDocument = try await array.send(
        .put, try path(APIPath.hostPorts, port),
        HostPortChangeRequest(address: address, tcpPort: tcpPort))
      try output.show(changed) { HostPortCommand.table([$0]) }
    }
  }

  struct Name: ArrayCommand {
    static let configuration = CommandConfiguration(abstract: "Name a host port.")
    @Argument(help: "Director and port, as in 00-01.") var port: String
    @Argument(help: "1 to 32 letters, digits and _.") var name: String
    @OptionGroup var output: OutputOptions

    func run(_ array: ArrayClient) async throws {
      let changed: HostPortDocument = try await array.send(
        .put, try path(APIPath.hostPorts, port), HostPortChangeRequest(name: name))
      try output.show(changed) { HostPortCommand.table([$0]) }
    }
  }

  private static func table(_ ports: [HostPortDocument]) -> String {
    var table = Table(
      ("PORT", .left), ("NAME", .left), ("ADDRESS", .left), ("TCP", .right), ("LINK", .left))
    for port in ports {
      table.add(
        port.number, port.name, port.address, port.tcpPort.map { "\($0)" },
        port.isLinkUp ? "up" : "down")
    }
    return table.text
  }
}
