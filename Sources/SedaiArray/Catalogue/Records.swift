import SedaiFormat
import SedaiModel

// The records as they stand in the catalogue. Their fields are a format: a new field is
// optional, anything else is a new version. See RecordCoding.swift.

struct ArrayRecord: Codable {
  var name: String
  var worldWideName: String
  var nextVolume: UInt64
}

struct PoolRecord: Codable {
  var number: UInt8
  var name: String
  var members: [String]
  var reserve: ReserveRecord?
  /// Nil: dynamic.
  var isBasic: Bool?
}

struct ReserveRecord: Codable {
  var chunks: UInt64
  var policy: String
  var warning: Int
  var critical: Int
}

struct DiskRecord: Codable {
  var id: UInt64
  var number: UInt32?
  var name: String
  var osType: String?
  var pool: UInt8
  var boundAt: UInt64
  var volume: VolumeRecord?
  var snapshot: SnapshotRecord?
  var link: LinkRecord?
  /// Nil: none.
  var limits: LimitsRecord?
}

struct LimitsRecord: Codable {
  var upper: UInt32?
  var lower: UInt32?
  var reportsUpper: Bool
}

struct VolumeRecord: Codable {
  var image: UInt64
  var capacity: UInt64
  var signature: UInt32?
  var undo: UInt64?
  var returning: ReturningRecord?
  /// Nil: 512.
  var blockBytes: Int?
  var isControl: Bool
  var lastGeneration: Int
  var pair: PairRecord?
}

struct PairRecord: Codable {
  var master: UInt64
  var state: String
  var activity: String
  var previousActivity: String?
  var copyMode: String
  var access: String
  var use: String
  var startedAt: UInt64
  var endedAt: UInt64?
  var isAllDifferent: Bool
  var copy: CopyRecord?
  var commonMaster: UInt64?
  var commonReplica: UInt64?
}

struct CopyRecord: Codable {
  var direction: String
  var from: UInt64?
  var source: UInt64
  var next: UInt64?
  var done: UInt64
  /// First window and the one after the last, of each part.
  var written: [[UInt64]]
}

struct ReturningRecord: Codable {
  var snapshot: UInt64
  var since: UInt64
}

struct SnapshotRecord: Codable {
  var base: UInt64
  var generation: Int
  var deletedAt: UInt64?
  var active: ActiveRecord?
}

struct ActiveRecord: Codable {
  var image: UInt64
  var since: UInt64
  var capacity: UInt64
  var isGuarded: Bool
  var signature: UInt32?
}

struct LinkRecord: Codable {
  var base: UInt64
  var signature: UInt32?
  var target: UInt64?
  var targetIsBase: Bool?
  var access: String?
}

struct LDSetRecord: Codable {
  var name: String
  var osType: String?
  var clients: [String]
  var assignments: [AssignmentRecord]
  /// Nil in a set of an array that knew NBD only: an iSCSI set of one target.
  var iSCSI: ISCSIAccessRecord?
  /// Not nil in a Fibre Channel set.
  var paths: [String]?
}

struct ISCSIAccessRecord: Codable {
  var initiators: [String]
  var mode: String
  var targetName: String
  var ports: [String]?
}

/// What the initiators of an LD set have to prove. Apart from the set's own record, so that
/// what shows records need not show secrets.
struct CHAPRecord: Codable {
  var set: String
  var entries: [CHAPEntryRecord]
}

struct CHAPEntryRecord: Codable {
  /// Nil for all that have no entry of their own.
  var initiator: String?
  var user: String
  var secret: String
  var targetUser: String?
  var targetSecret: String?
}

/// What initiators have agreed on about a disk.
struct ReservationRecord: Codable {
  var volume: UInt64
  var registrations: [RegistrationRecord]
  /// The type code of what is reserved; nil if nothing is.
  var kind: UInt8?
  /// Whose registration it is, by place; nil where all hold it.
  var holder: Int?
}

struct RegistrationRecord: Codable {
  var initiator: String
  var target: String
  var key: UInt64
}

struct HostPortRecord: Codable {
  var number: String
  var name: String?
  var address: String?
  var tcpPort: UInt16?
}

struct AccountRecord: Codable {
  var name: String
  /// Nil for a host.
  var role: String?
  /// Nil for an operator.
  var ldSets: [String]?
  /// SHA-256 of the token, hexadecimal.
  var tokenDigest: String?
  var localUsers: [UInt32]
  var createdAt: UInt64
}

struct LicenceRecord: Codable {
  var key: String
}

struct AssignmentRecord: Codable {
  /// In a set of many targets the number of the target.
  var lun: UInt16
  var volume: UInt64
}

struct EventRecord: Codable {
  var number: UInt64
  var time: UInt64
  var message: UInt32
  var arguments: [String: ArgumentRecord]
  var requester: String?
}

/// One of its fields is there.
struct ArgumentRecord: Codable {
  var text: String?
  var count: UInt64?
  var bytes: UInt64?
  var percent: Int?
  var seconds: Int?
}
