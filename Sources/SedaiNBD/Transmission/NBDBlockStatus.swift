/// Status descriptors of consecutive pieces of a range, gathered from its start to its end.
public struct NBDStatusList: Equatable, Sendable {
  struct Descriptor: Equatable {
    var length: UInt32
    let flags: UInt32
  }

  private(set) var descriptors: [Descriptor] = []
  private let limit: Int
  private var remaining: UInt32

  /// For the range that `request` asks about.
  public init(for request: NBDRequest) {
    remaining = request.length
    limit = request.flags.contains(.requestOne) ? 1 : NBDLimits.maximumStatusDescriptors
  }

  /// Whether nothing has been added yet; such a list answers nothing.
  public var isEmpty: Bool { descriptors.isEmpty }

  /// Whether more would be dropped: the range is covered, or the reply has its full length.
  public private(set) var isFull = false

  /// Adds what comes next; what the range or the limit does not admit is dropped.
  public mutating func append(length: UInt64, flags: UInt32) {
    guard length > 0, !isFull else { return }
    let count = UInt32(min(length, UInt64(remaining)))
    if let last = descriptors.indices.last, descriptors[last].flags == flags {
      descriptors[last].length += count
    } else if descriptors.count < limit {
      descriptors.append(Descriptor(length: count, flags: flags))
    } else {
      isFull = true
      return
    }
    remaining -= count
    isFull = remaining == 0
  }
}

extension NBDReply {
  /// The answer to BLOCK_STATUS: one chunk per selected context, in their order.
  ///
  /// - Precondition: one list per context, none of them empty.
  public static func blockStatus(_ request: NBDRequest, _ lists: [NBDStatusList]) -> [UInt8] {
    var writer = WireWriter()
    for (index, list) in lists.enumerated() {
      precondition(!list.descriptors.isEmpty, "a block status reply describes something")
      let isLast = index == lists.count - 1
      writer.append(NBDMagic.structuredReply)
      writer.append(isLast ? NBDReplyChunkFlag.done : 0)
      writer.append(NBDReplyChunkCode.blockStatus.rawValue)
      writer.append(request.cookie)
      writer.append(UInt32(4 + 8 * list.descriptors.count))
      writer.append(NBDSession.contextIdentity(at: index))
      for descriptor in list.descriptors {
        writer.append(descriptor.length)
        writer.append(descriptor.flags)
      }
    }
    return writer.bytes
  }
}
