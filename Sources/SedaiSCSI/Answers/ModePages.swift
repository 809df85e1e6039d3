/// What MODE SENSE answers and MODE SELECT takes.
/// - Source: SPC-4 §7.5, SBC-3 §6.4.
struct ModePages {
  let parameters: ModeParameters
  /// Nil while the unit shows nothing.
  let blocks: UInt64?
  let blockBytes: UInt64
  let isReadOnly: Bool

  private enum Page {
    static let caching: UInt8 = 0x08
    static let control: UInt8 = 0x0A
    static let exceptions: UInt8 = 0x1C
    static let all: UInt8 = 0x3F
    static let inOrder = [caching, control, exceptions]
  }

  /// Which values are asked for.
  private enum Values: UInt8 {
    case current = 0
    case changeable = 1
    case standard = 2
    case saved = 3
  }

  private static let usesDescriptorsBit: UInt8 = 0x04
  private static let writeProtectBit: UInt8 = 0x08
  private static let descriptorBytes = 8

  // MARK: Sense

  func answer(_ request: SCSICommand.ModeSenseRequest) throws(Sense) -> [UInt8] {
    guard let values = Values(rawValue: request.control), values != .saved else {
      throw .savingNotSupported
    }
    guard request.subpage == 0 || request.subpage == 0xFF else { throw .invalidField(3) }
    var pages: [UInt8] = []
    if request.page == Page.all {
      for page in Page.inOrder { pages += content(of: page, values) }
    } else {
      guard Page.inOrder.contains(request.page), request.subpage == 0 else {
        throw .invalidField(2)
      }
      pages = content(of: request.page, values)
    }
    let descriptor = request.withoutBlockDescriptor ? [] : blockDescriptor
    // Bit 4: DPO and FUA are understood.
    let device: UInt8 = 0x10 | (isReadOnly || parameters.isWriteProtected ? 0x80 : 0)
    if request.isLong {
      var bytes: [UInt8] = []
      bytes.append(bigEndian: UInt16(6 + descriptor.count + pages.count))
      bytes += [0, device, 0, 0]
      bytes.append(bigEndian: UInt16(descriptor.count))
      return bytes + descriptor + pages
    }
    let length = UInt8(3 + descriptor.count + pages.count)
    return [length, 0, device, UInt8(descriptor.count)] + descriptor + pages
  }

  private var blockDescriptor: [UInt8] {
    var bytes: [UInt8] = []
    bytes.append(bigEndian: UInt32(clamping: blocks ?? 0))
    bytes.append(bigEndian: UInt32(blockBytes))
    return bytes
  }

  private func content(of page: UInt8, _ values: Values) -> [UInt8] {
    switch page {
    case Page.caching:
      var bytes = [page, 18] + [UInt8](repeating: 0, count: 18)
      // WCE: what is written survives a power cut once the cache was synchronised.
      if values != .changeable { bytes[2] = 0x04 }
      return bytes
    case Page.control:
      var bytes = [page, 10] + [UInt8](repeating: 0, count: 10)
      switch values {
      case .changeable:
        bytes[2] = Self.usesDescriptorsBit
        bytes[4] = Self.writeProtectBit
      case .current, .standard, .saved:
        let shown = values == .current ? parameters : ModeParameters()
        bytes[2] = shown.usesDescriptors ? Self.usesDescriptorsBit : 0
        // Commands may be carried out in any order.
        bytes[3] = 0x10
        bytes[4] = shown.isWriteProtected ? Self.writeProtectBit : 0
        // There is no limit to how long the unit may be busy.
        bytes[8] = 0xFF
        bytes[9] = 0xFF
      }
      return bytes
    default:
      return [page, 10] + [UInt8](repeating: 0, count: 10)
    }
  }

  // MARK: Select

  /// The parameters as the list of an initiator changes them.
  func changed(by list: [UInt8], isLong: Bool) throws(Sense) -> ModeParameters {
    let header = isLong ? 8 : 4
    guard !list.isEmpty else { return parameters }
    guard list.count >= header else { throw .parameterListLength }
    let descriptors = isLong ? Int(list.bigEndian(at: 6, bytes: 2)) : Int(list[3])
    guard descriptors == 0 || descriptors == Self.descriptorBytes else {
      throw .invalidParameter(UInt16(header - 1))
    }
    var place = header + descriptors
    guard place <= list.count else { throw .parameterListLength }
    if descriptors > 0 {
      let length = list.bigEndian(at: place - 3, bytes: 3)
      guard length == 0 || length == blockBytes else {
        throw .invalidParameter(UInt16(place - 3))
      }
    }
    var result = parameters
    while place < list.count {
      guard place + 2 <= list.count else { throw .parameterListLength }
      let page = list[place] & 0x3F
      guard Page.inOrder.contains(page), list[place] & 0x40 == 0 else {
        throw .invalidParameter(UInt16(place))
      }
      let current = content(of: page, .current)
      guard Int(list[place + 1]) == current.count - 2 else {
        throw .invalidParameter(UInt16(place + 1))
      }
      guard place + current.count <= list.count else { throw .parameterListLength }
      let mask = content(of: page, .changeable)
      for index in 2..<current.count
      where (list[place + index] ^ current[index]) & ~mask[index] != 0 {
        throw .invalidParameter(UInt16(place + index))
      }
      if page == Page.control {
        result.usesDescriptors = list[place + 2] & Self.usesDescriptorsBit != 0
        result.isWriteProtected = list[place + 4] & Self.writeProtectBit != 0
      }
      place += current.count
    }
    return result
  }
}
