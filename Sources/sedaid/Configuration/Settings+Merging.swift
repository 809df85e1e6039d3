import Foundation
import SedaiHTTP
import SedaiModel

/// What the command line says; nil leaves it to the file.
struct CommandLineSettings {
  var data: String?
  var poolSize: UInt64?
  var isSparse = false
  var makesNoPool = false
  var cache: UInt64?
  var nbdSockets: String?
  var iscsi: Portal?
}

extension Settings {
  /// The pool of an array that starts from nothing.
  static let standardPool = "default"
  /// Bytes of it at most, unless the command line says more.
  static let largestStandardPool: UInt64 = 64 << 30
  /// A directory with less free space than twice this gets no pool by itself.
  static let smallestStandardPool: UInt64 = 64 << 20

  /// - Parameters:
  ///   - freeBytes: what the file system of a directory has left.
  /// - Throws: a failure that names what is missing or contradicts.
  init(
    _ file: ConfigurationFile, path: String?, _ line: CommandLineSettings,
    freeBytes: (String) -> UInt64?
  ) throws(StartupFailure) {
    let place = path ?? "the command line"
    guard let data = line.data ?? file.data else {
      throw StartupFailure(
        "no data directory is given: use --data DIR, or data = \"DIR\" in the file after "
          + "--config.")
    }
    self.data = Self.absolute(data, in: FileManager.default.currentDirectoryPath)
    arrayName = file.name ?? "sedai"
    guard PoolName(arrayName) != nil else {
      throw StartupFailure(
        "\(place): name \"\(arrayName)\" does not fit: 1 to 32 letters, digits and _.")
    }
    cacheBytes = try Self.size(
      file.cache, line.cache, "cache", in: Self.cacheRange, otherwise: Self.standardCache, place)
    journalBytes = try Self.size(
      file.journal, nil, "journal", in: Self.journalRange, otherwise: Self.standardJournal,
      place)
    stagingBytes = try Self.size(
      file.staging, nil, "staging", in: Self.stagingRange, otherwise: Self.standardStaging,
      place)
    management = try Self.management(file.management, data: self.data, place)
    nbd = try Self.nbd(file.nbd, line.nbdSockets, data: self.data, place)
    iscsi = try Self.iscsi(file.iscsi, line.iscsi, place)
    pools = try Self.pools(file.pool ?? [], data: self.data, place)
    if pools.isEmpty && file.pool == nil && !line.makesNoPool {
      pools = try Self.standardPools(line, data: self.data, freeBytes)
    }
  }

  /// `path` itself, or taken from `directory`.
  static func absolute(_ path: String, in directory: String) -> String {
    let whole = path.hasPrefix("/") ? path : directory + "/" + path
    return URL(filePath: whole).standardizedFileURL.path(percentEncoded: false).trimmingSlash
  }

  private static func size(
    _ text: String?, _ given: UInt64?, _ key: String, in range: ClosedRange<UInt64>,
    otherwise standard: UInt64, _ place: String
  ) throws(StartupFailure) -> UInt64 {
    var bytes = given
    if bytes == nil, let text { bytes = try self.bytes(text, key, place) }
    let value = bytes ?? standard
    guard range.contains(value) else {
      throw StartupFailure(
        "\(place): \(key) is \(value) bytes; it can be \(range.lowerBound) to "
          + "\(range.upperBound).")
    }
    return value
  }

  private static func bytes(
    _ text: String, _ key: String, _ place: String
  ) throws(StartupFailure) -> UInt64 {
    guard let size = Size(argument: text) else {
      throw StartupFailure("\(place): \(key) is \"\(text)\"; write a size such as 128MiB.")
    }
    return size.bytes
  }

  /// The longest path a Unix socket can have on Linux, in bytes.
  private static let longestSocketPath = 107

  private static func checkLength(_ socket: String, _ place: String) throws(StartupFailure) {
    guard socket.utf8.count <= longestSocketPath else {
      throw StartupFailure(
        "\(place): the socket path \(socket) is longer than \(longestSocketPath) bytes. Use a "
          + "shorter data directory, or name a place for sockets.")
    }
  }

  private static func pools(
    _ pools: [ConfigurationFile.Pool], data: String, _ place: String
  ) throws(StartupFailure) -> [PoolSettings] {
    var result: [PoolSettings] = []
    for pool in pools {
      guard PoolName(pool.name) != nil else {
        throw StartupFailure("\(place): \"\(pool.name)\" is no name for a pool.")
      }
      var members: [PoolMemberSettings] = []
      for file in pool.files ?? [] {
        members.append(
          PoolMemberSettings(
            path: absolute(file.path, in: data),
            size: try bytes(file.size, "size of \(file.path)", place),
            isSparse: file.sparse ?? false))
      }
      for device in pool.devices ?? [] {
        guard device.hasPrefix("/") else {
          throw StartupFailure("\(place): device \(device) needs its whole path.")
        }
        members.append(PoolMemberSettings(path: device, size: nil, isSparse: false))
      }
      guard !members.isEmpty else {
        throw StartupFailure("\(place): pool \(pool.name) has neither files nor devices.")
      }
      var reserve: UInt64?
      if let text = pool.reserve {
        reserve = try bytes(text, "reserve of pool \(pool.name)", place)
      }
      result.append(PoolSettings(name: pool.name, members: members, reserve: reserve))
    }
    return result
  }

  /// Half of what is free, in whole GiB where there are any: room stays for the journal and
  /// for whatever else lives there.
  private static func standardPools(
    _ line: CommandLineSettings, data: String, _ freeBytes: (String) -> UInt64?
  ) throws(StartupFailure) -> [PoolSettings] {
    let size: UInt64
    if let given = line.poolSize {
      size = given
    } else {
      let half = min((freeBytes(data) ?? 0) / 2, largestStandardPool)
      let unit: UInt64 = half >= 1 << 30 ? 1 << 30 : 1 << 20
      size = half / unit * unit
      guard size >= smallestStandardPool else {
        throw StartupFailure(
          "\(data) has too little free space for a pool. Free some, or name a size with "
            + "--pool-size, or start with --no-pool.")
      }
    }
    let member = PoolMemberSettings(
      path: data + "/\(standardPool).pool", size: size, isSparse: line.isSparse)
    return [PoolSettings(name: standardPool, members: [member], reserve: nil)]
  }

  private static func tls(
    _ certificate: String?, _ key: String?, _ section: String, data: String, _ place: String
  ) throws(StartupFailure) -> TLSFiles? {
    switch (certificate, key) {
    case (nil, nil): return nil
    case (let certificate?, let key?):
      return TLSFiles(certificate: absolute(certificate, in: data), key: absolute(key, in: data))
    default:
      throw StartupFailure("\(place): [\(section)] needs certificate and key together.")
    }
  }

  private static func management(
    _ file: ConfigurationFile.Management?, data: String, _ place: String
  ) throws(StartupFailure) -> ManagementSettings {
    let socket = absolute(file?.socket ?? "sedaid.sock", in: data)
    try checkLength(socket, place)
    let tls = try tls(file?.certificate, file?.key, "management", data: data, place)
    guard let host = file?.host else {
      guard file?.port == nil, tls == nil, file?.tokens == nil else {
        throw StartupFailure("\(place): [management] needs host to listen on TCP.")
      }
      return ManagementSettings(socket: socket, group: file?.group, tcp: nil)
    }
    guard tls != nil || ManagementTCP.isLoopback(host) else {
      throw StartupFailure(
        "\(place): [management] needs certificate and key to listen on \(host): plain HTTP is "
          + "for 127.0.0.1 only.")
    }
    return ManagementSettings(
      socket: socket, group: file?.group,
      tcp: ManagementSettings.TCP(
        host: host, port: file?.port ?? ManagementSettings.standardPort, tls: tls,
        tokens: file?.tokens.map { absolute($0, in: data) }))
  }

  private static func nbd(
    _ file: ConfigurationFile.NBD?, _ sockets: String?, data: String, _ place: String
  ) throws(StartupFailure) -> NBDSettings {
    let directory = absolute(sockets ?? file?.sockets ?? "nbd", in: data)
    let longest = String(repeating: "x", count: LDSetName.maximumLength)
    try checkLength(directory + "/" + longest + NBDSettings.socketSuffix, place)
    let tls = try tls(file?.certificate, file?.key, "nbd", data: data, place)
    guard let host = file?.host else {
      guard file?.port == nil, tls == nil, file?.clientAuthorities == nil else {
        throw StartupFailure("\(place): [nbd] needs host to listen on TCP.")
      }
      return NBDSettings(sockets: directory, tcp: nil)
    }
    guard let tls, let authorities = file?.clientAuthorities else {
      throw StartupFailure(
        "\(place): [nbd] needs certificate, key and client-authorities to listen on TCP: a "
          + "client's certificate says which LD set it belongs to.")
    }
    return NBDSettings(
      sockets: directory,
      tcp: NBDSettings.TCP(
        host: host, port: file?.port ?? NBDSettings.standardPort, tls: tls,
        clientAuthorities: absolute(authorities, in: data)))
  }

  private static func iscsi(
    _ file: ConfigurationFile.ISCSI?, _ given: Portal?, _ place: String
  ) throws(StartupFailure) -> ISCSISettings? {
    if let given { return ISCSISettings(host: given.host, port: given.port) }
    guard let file else { return nil }
    let port = file.port ?? ISCSISettings.standardPort
    guard Portal.ports.contains(port) else {
      throw StartupFailure("\(place): [iscsi] port \(port) is not one from 0 to 65535.")
    }
    return ISCSISettings(host: file.host ?? ISCSISettings.standardHost, port: port)
  }
}

extension String {
  fileprivate var trimmingSlash: String {
    count > 1 && hasSuffix("/") ? String(dropLast()) : self
  }
}
