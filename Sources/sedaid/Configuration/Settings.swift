/// Everything the daemon can be told, from file and command line together.
struct Settings: Sendable, Equatable {
  /// The directory of the system area, the lock and the sockets.
  var data: String
  /// The name of a new array.
  var arrayName: String
  /// Bytes of metadata held in memory.
  var cacheBytes: UInt64
  /// Bytes of the journal of a new system area.
  var journalBytes: UInt64
  /// Bytes that a pool sets aside at least for generations in other pools.
  var stagingBytes: UInt64
  /// Pools that are made if the array has none of that name.
  var pools: [PoolSettings]
  var management: ManagementSettings
  var nbd: NBDSettings
  /// Nil: there is no iSCSI target.
  var iscsi: ISCSISettings?

  /// Bounds of ``cacheBytes``.
  static let cacheRange: ClosedRange<UInt64> = 4 << 20...1 << 40
  /// Bounds of ``journalBytes``.
  static let journalRange: ClosedRange<UInt64> = 1 << 20...16 << 30
  /// Bounds of ``stagingBytes``.
  static let stagingRange: ClosedRange<UInt64> = 1 << 20...16 << 40
  static let standardCache: UInt64 = 128 << 20
  static let standardJournal: UInt64 = 128 << 20
  static let standardStaging: UInt64 = 1 << 30
}

/// A pool to be made.
struct PoolSettings: Sendable, Equatable {
  var name: String
  var members: [PoolMemberSettings]
  /// Bytes of its snapshot reserve area; nil makes none.
  var reserve: UInt64?
}

/// A file or device of a pool to be made.
struct PoolMemberSettings: Sendable, Equatable {
  var path: String
  /// Bytes of a file to be made; nil takes a block device whole.
  var size: UInt64?
  var isSparse: Bool
}

/// Where management requests come in.
struct ManagementSettings: Sendable, Equatable {
  var socket: String
  /// The group whose members may connect to it; nil for its owner alone.
  var group: String?
  var tcp: TCP?

  struct TCP: Sendable, Equatable {
    var host: String
    var port: Int
    var tls: TLSFiles?
    /// Administrators besides those of the catalogue.
    var tokens: String?
  }

  static let standardPort = 8443
}

/// A certificate and its key, in PEM.
struct TLSFiles: Sendable, Equatable {
  var certificate: String
  var key: String
}

/// Where NBD is served.
struct NBDSettings: Sendable, Equatable {
  /// The directory of one socket per LD set.
  var sockets: String
  var tcp: TCP?

  struct TCP: Sendable, Equatable {
    var host: String
    var port: Int
    var tls: TLSFiles
    /// Certificates that have signed those of clients.
    var clientAuthorities: String
  }

  static let standardPort = 10809
  /// A set's socket is called by its name and this.
  static let socketSuffix = ".sock"
}

/// Where the iSCSI target listens.
struct ISCSISettings: Sendable, Equatable {
  var host: String
  var port: Int

  static let standardHost = "127.0.0.1"
  static let standardPort = 3260
}
