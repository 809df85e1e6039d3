import FoundationEssentials
import SedaiEngine
import SedaiFormat
import SedaiModel

/// How records stand in the engine's catalogue: one byte with the version of the record's
/// kind, then JSON. Keys are text:
///
///     array                     the array itself
///     pool/00                   a pool, by number, two hexadecimal digits
///     disk/0000000000000001     a logical disk, by the number of its creation, 16 digits
///     ldset/NAME                an LD set
///     reservation/0000000000000001   what initiators agreed on about a disk, by its number
///     secret/ldset/NAME         what initiators of an LD set prove; never shown by anything
///     port/01-0a                an iSCSI host port, by director and port, hexadecimal
///     account/NAME              an operator or a host
///     licence/DSV               the licence of a product, by its code
///     event/000                 an event, by number modulo 500, three decimal digits
enum RecordCoding {
  /// The version of every kind of record now.
  static let version: UInt8 = 1

  enum Key: Hashable {
    case array
    case pool(PoolID)
    case disk(VolumeID)
    case ldSet(LDSetName)
    case chap(LDSetName)
    case reservation(VolumeID)
    case port(HostPortNumber)
    case account(AccountName)
    case licence(LicensedProduct)
    case event(slot: UInt64)

    var bytes: [UInt8] {
      let text =
        switch self {
        case .array: "array"
        case .pool(let id): "pool/" + Self.padded(UInt64(id.rawValue), radix: 16, to: 2)
        case .disk(let id): "disk/" + Self.padded(id.rawValue, radix: 16, to: 16)
        case .ldSet(let name): "ldset/" + name.rawValue
        case .chap(let name): SecretRecord.prefix + "ldset/" + name.rawValue
        case .reservation(let id):
          "reservation/" + Self.padded(id.rawValue, radix: 16, to: 16)
        case .port(let number): "port/" + number.description
        case .account(let name): "account/" + name.rawValue
        case .licence(let product): "licence/" + product.rawValue
        case .event(let slot): "event/" + Self.padded(slot, radix: 10, to: 3)
        }
      return Array(text.utf8)
    }

    private static func padded(_ number: UInt64, radix: Int, to width: Int) -> String {
      let digits = String(number, radix: radix)
      return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
  }

  static func encode(_ record: some Encodable) throws(DiskArrayError) -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    do {
      return [version] + (try encoder.encode(record))
    } catch {
      throw DiskArrayError(.failure, .internalFailure, ["reason": .text("\(error)")])
    }
  }

  static func decode<Record: Decodable>(
    _ type: Record.Type, from value: [UInt8], key: String
  ) throws(DiskArrayError) -> Record {
    guard let found = value.first else { throw damage(key, "empty record") }
    guard found <= version else {
      throw DiskArrayError(
        .failure, .metadataTooNew,
        ["found": .count(UInt64(found)), "known": .count(UInt64(version))])
    }
    do {
      return try JSONDecoder().decode(type, from: Data(value.dropFirst()))
    } catch {
      throw damage(key, "\(error)")
    }
  }

  static func damage(_ key: String, _ reason: String) -> DiskArrayError {
    DiskArrayError(
      .failure, .metadataDamaged, ["reason": .text("catalogue record \(key): \(reason)")])
  }

  /// The catalogue changes that keep `change`.
  static func changes(of change: Change) throws(DiskArrayError) -> [CatalogueChange] {
    var result: [CatalogueChange] = []
    if let identity = change.identity {
      result.append(.put(key: Key.array.bytes, value: try encode(identity.record)))
    }
    for (id, pool) in change.pools {
      result.append(try keep(pool?.record, at: .pool(id)))
    }
    for (id, disk) in change.disks {
      result.append(try keep(disk?.record, at: .disk(id)))
    }
    for (name, set) in change.sets {
      result.append(try keep(set?.record, at: .ldSet(name)))
      result.append(try keep(set?.chapRecord, at: .chap(name)))
    }
    for (number, port) in change.ports {
      result.append(try keep(port?.record, at: .port(number)))
    }
    for (name, account) in change.accounts {
      result.append(try keep(account?.record, at: .account(name)))
    }
    for licence in change.licences {
      let record = LicenceRecord(key: licence.key)
      result.append(try keep(record, at: .licence(licence.product)))
    }
    for (id, kept) in change.reservations {
      result.append(try keep(kept.map { ReservationRecord(id, $0) }, at: .reservation(id)))
    }
    for event in change.events {
      result.append(
        try keep(event.record, at: .event(slot: event.number % EventLog.catalogueLimit)))
    }
    return result
  }

  private static func keep(
    _ record: (some Encodable)?, at key: Key
  ) throws(DiskArrayError) -> CatalogueChange {
    guard let record else { return .remove(key: key.bytes) }
    return .put(key: key.bytes, value: try encode(record))
  }
}
