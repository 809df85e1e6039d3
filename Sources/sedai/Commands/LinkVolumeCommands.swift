import ArgumentParser
import SedaiAPI
import SedaiClient

struct LinkVolumeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "lv", abstract: "Link volumes: windows on generations.",
    subcommands: [
      List.self, Show.self, Create.self, Delete.self, Link.self, Unlink.self,
    ],
    defaultSubcommand: List.self)

  struct List: ArrayCommand {
    static let configuration = CommandConfiguration(abstract: "List link volumes.")
    @OptionGroup var output: OutputOptions

    func run(_ array: ArrayClient) async throws {
      let links: Listing<LinkVolumeDocument> = try await array.get(APIPath.linkVolumes)
      try output.show(links) { links in
        var table = Table(
          ("LDN", .left), ("TYPE", .left), ("NAME", .left), ("BASE", .left), ("SHOWS", .left),
          ("ACCESS", .left))
        for link in links.items {
          table.add(
            Shown.number(link.number), link.osType, link.name, link.baseVolume, link.linkedTo,
            link.access.rawValue)
        }
        return table.text
      }
    }
  }

  struct Show: ArrayCommand {
    static let configuration = CommandConfiguration(abstract: "Show a link volume.")
    @Argument(help: "Its name.") var name: String
    @OptionGroup var output: OutputOptions

    func run(_ array: ArrayClient) async throws {
      let link: LinkVolumeDocument = try await array.get(try path(APIPath.linkVolumes, name))
      try output.show(link, as: LinkVolumeCommand.sheet)
    }
  }

  struct Create: ArrayCommand {
    static let configuration = CommandConfiguration(abstract: "Build a link volume.")
    @Argument(help: "1 to 24 letters, digits and _.") var name: String
    @Option(help: "The base volume whose generations it will show.") var base: DiskSelector
    @Option(help: "Its number; the lowest free one unless told.") var number: UInt32?
    @OptionGroup var output: OutputOptions

    func run(_ array: ArrayClient) async throws {
      let link: LinkVolumeDocument = try await array.send(
        .post, APIPath.linkVolumes,
        LinkVolumeCreateRequest(name: name, baseVolume: base, number: number))
      try output.show(link, as: LinkVolumeCommand.sheet)
    }
  }

  struct Delete: ArrayCommand {
    static let configuration = CommandConfiguration(abstract: "Delete an unlinked link volume.")
    @Argument(help: "Its name.") var name: String

    func run(_ array: ArrayClient) async throws {
      try await array.send(.delete, try path(APIPath.linkVolumes, name))
    }
  }

  struct Link: ArrayCommand {
    static let configuration = CommandConfiguration(
      abstract: "Make a link volume show a generation, or the base volume itself.")
    @Argument(help: "The link volume.") var name: String
    @Argument(help: "What to show: a snapshot volume, bv.-1, or the base volume.")
    var source: VolumeReference
    @Option(help: "What a host may do with it: rw, ro, nr or na.")
    var access = AccessModeName.readWrite
    @OptionGroup var output: OutputOptions

    func run(_ array: ArrayClient) async throws {
      let link: LinkVolumeDocument = try await array.send(
        .put, try path(APIPath.linkVolumes, name) + APIPath.link,
        LinkRequest(source: source, access: access))
      try output.show(link, as: LinkVolumeCommand.sheet)
    }
  }

  struct Unlink: ArrayCommand {
    static let configuration = CommandConfiguration(abstract: "End a link.")
    @Argument(help: "The link volume.") var name: String

    func run(_ array: ArrayClient) async throws {
      try await array.send(.delete, try path(APIPath.linkVolumes, name) + APIPath.link)
    }
  }

  static func sheet(_ link: LinkVolumeDocument) -> String {
    var sheet = Sheet()
    sheet.add("Link volume", link.name)
    sheet.add("Number", Shown.number(link.number))
    sheet.add("OS type", link.osType)
    sheet.add("Base volume", link.baseVolume)
    sheet.add("Shows", link.linkedTo)
    sheet.add("Access", link.access.rawValue)
    return sheet.text
  }
}
