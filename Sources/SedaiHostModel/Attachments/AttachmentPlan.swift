public import SedaiAPI
internal import SedaiModel

/// Finds out from the array's configuration how a logical disk can be connected.
public struct AttachmentPlan: Sendable {
  public let configuration: ConfigurationDocument
  public let settings: HostSettings
  /// The host name or address under which the array's management is reached; nil on the
  /// array's own machine.
  public let arrayHost: String?

  public init(
    configuration: ConfigurationDocument, settings: HostSettings, arrayHost: String?
  ) {
    self.configuration = configuration
    self.settings = settings
    self.arrayHost = arrayHost
  }

  /// What is to be connected.
  ///
  /// - Parameter ldSet: the LD set to connect as; nil takes that of the settings, or the only
  ///   one that has the disk.
  public func record(
    of name: String, by transport: DiskTransport, as ldSet: String? = nil
  ) throws(Problem) -> AttachmentRecord {
    let disk = try self.disk(name)
    let set = try self.ldSet(of: disk, asked: ldSet ?? settings.ldSet)
    guard let creation = disk.creation else {
      throw Self.noWay(name, "the array does not say which disk it is")
    }
    var record = AttachmentRecord(
      identity: DiskIdentity(
        array: configuration.status.worldWideName.lowercased(), creation: creation),
      number: disk.number, name: disk.name, ldSet: set.name, transport: transport)
    switch transport {
    case .iSCSI:
      record.target = set.disks.first { $0.name == disk.name }?.target
      record.sources = set.portals
      if record.target == nil || record.sources.isEmpty {
        throw Self.noWay(name, "LD set \(set.name) has no iSCSI portal")
      }
    case .nbd, .fuse:
      record.sources = [try uri(of: disk.name, in: set.name)]
    }
    return record
  }

  /// The disk of a name.
  public func disk(_ name: String) throws(Problem) -> LogicalDiskDocument {
    guard let disk = configuration.logicalDisks.first(where: { $0.name == name }) else {
      throw Problem(.unknownVolume, ["name": .text(name)])
    }
    return disk
  }

  private func ldSet(
    of disk: LogicalDiskDocument, asked: String?
  ) throws(Problem) -> LDSetDocument {
    let sets = configuration.ldSets.filter { set in
      set.disks.contains { $0.name == disk.name }
    }
    if let asked {
      guard let set = sets.first(where: { $0.name == asked }) else {
        throw Problem(.notInLDSet, ["name": .text(disk.name), "set": .text(asked)])
      }
      return set
    }
    guard let set = sets.first else {
      throw Self.noWay(disk.name, "it is in no LD set")
    }
    guard sets.count == 1 else {
      throw Self.noWay(
        disk.name,
        "it is in \(sets.map(\.name).joined(separator: ", ")): say which with --set or ld_set")
    }
    return set
  }

  /// The LD set's own socket where the array is on this machine, else NBD over TLS.
  private func uri(of name: String, in set: String) throws(Problem) -> String {
    let status = configuration.status
    if arrayHost == nil, let directory = status.nbdSocketDirectory {
      return "nbd+unix:///\(name)?socket=" + Self.escaped("\(directory)/\(set).sock")
    }
    guard let address = status.nbdAddress, let colon = address.lastIndex(of: ":") else {
      throw Self.noWay(name, "the array serves no NBD over TCP")
    }
    guard let tls = settings.tlsDirectory else {
      throw Self.noWay(name, "NBD over TCP needs tls_directory in host.conf")
    }
    let listens = address[..<colon]
    let isAnywhere = listens == "0.0.0.0" || listens == "[::]" || listens == "*"
    let host = isAnywhere ? arrayHost ?? "127.0.0.1" : String(listens)
    return "nbds://\(host)\(address[colon...])/\(name)?tls-certificates=" + Self.escaped(tls)
  }

  /// Text as a value in a URI.
  static func escaped(_ text: String) -> String {
    text.utf8.map { byte -> String in
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
        UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "/"), UInt8(ascii: "-"),
        UInt8(ascii: "."), UInt8(ascii: "_"):
        String(Unicode.Scalar(byte))
      default: "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
      }
    }.joined()
  }

  private static func noWay(_ name: String, _ reason: String) -> Problem {
    Problem(.noWayToAttach, ["name": .text(name), "reason": .text(reason)])
  }
}

/// Where NBD is served, as an attachment has it.
public struct NBDSource: Hashable, Sendable {
  public enum Server: Hashable, Sendable {
    case socket(path: String)
    /// Over TLS, with the directory of its certificates.
    case network(host: String, port: String, certificates: String)
  }

  public let server: Server
  public let export: String

  /// Reads what ``AttachmentPlan`` wrote.
  public init?(_ uri: String) {
    if let rest = Self.rest(of: uri, after: "nbd+unix:///"),
      let query = rest.range(of: "?socket=")
    {
      export = String(rest[..<query.lowerBound])
      server = .socket(path: Self.plain(rest[query.upperBound...]))
    } else if let rest = Self.rest(of: uri, after: "nbds://"), let slash = rest.firstIndex(of: "/"),
      let colon = rest[..<slash].lastIndex(of: ":"),
      let query = rest.range(of: "?tls-certificates=")
    {
      export = String(rest[rest.index(after: slash)..<query.lowerBound])
      server = .network(
        host: String(rest[..<colon]), port: String(rest[rest.index(after: colon)..<slash]),
        certificates: Self.plain(rest[query.upperBound...]))
    } else {
      return nil
    }
  }

  private static func rest(of uri: String, after scheme: String) -> Substring? {
    uri.hasPrefix(scheme) ? uri.dropFirst(scheme.count) : nil
  }

  private static func plain(_ text: Substring) -> String {
    var bytes: [UInt8] = []
    var rest = text.utf8
    while let byte = rest.popFirst() {
      if byte == UInt8(ascii: "%"), let value = UInt8(String(rest.prefix(2)) ?? "", radix: 16) {
        bytes.append(value)
        rest = rest.dropFirst(2)
      } else {
        bytes.append(byte)
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}

extension Substring {
  /// Where a short text stands in it.
  fileprivate func range(of text: String) -> Range<Index>? {
    var start = startIndex
    while start < endIndex {
      if self[start...].hasPrefix(text) { return start..<index(start, offsetBy: text.count) }
      start = index(after: start)
    }
    return nil
  }
}
