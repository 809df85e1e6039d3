public import SedaiArray
public import SedaiModel
public import SedaiSCSI

extension DiskArray: ISCSITargetDirectory {
  public func targets() -> [ISCSITargetFacts] {
    guard let array = UInt64(status().worldWideName, radix: 16) else { return [] }
    let ports = Set(hostPorts().compactMap { $0.portal?.description })
    return ldSets().flatMap { set -> [ISCSITargetFacts] in
      guard case .iSCSI(let access) = set.connection else { return [] }
      let portals = access.portals.map(\.description)
      return set.targets.map { target in
        ISCSITargetFacts(
          name: target.name.rawValue, initiators: access.initiators.map(\.rawValue),
          portals: portals, closedPortals: ports.subtracting(portals), ldSet: set.name.rawValue,
          units: target.units.map { unit in
            ISCSIUnitFacts(
              number: unit.lun,
              identity: UnitIdentity(
                array: array, creation: unit.volume.rawValue, number: unit.number?.rawValue,
                name: unit.disk.rawValue, blockBytes: UInt64(unit.blockSize.rawValue)))
          })
      }
    }
  }

  public func openVolume(
    _ unit: ISCSIUnitFacts, ofLDSet name: String
  ) -> (any ISCSIVolume)? {
    open(export: unit.identity.name, for: .ldSet(name)).map(VolumeMedium.init)
  }

  public func credentials(ofInitiator name: String) -> CHAPCredentials? {
    ISCSIName(name).flatMap { credentials(for: $0) }
  }

  public func reservations(of unit: UnitIdentity) -> UnitReservations? {
    reservations(of: VolumeID(unit.creation))
  }

  public func keep(
    _ reservations: UnitReservations?, of unit: UnitIdentity
  ) throws(MediumError) {
    do throws(DiskArrayError) {
      try keep(reservations, of: VolumeID(unit.creation))
    } catch {
      throw .inputOutput
    }
  }

  public func whenSpaceRunsShort(_ body: @escaping @Sendable (Set<UInt64>) -> Void) {
    subscribe { [weak self] event in
      guard let self, event.messageID == .reserveAboveThreshold,
        case .text(let pool)? = event.arguments["pool"]
      else { return }
      body(Set(volumes(ofPool: pool).map(\.rawValue)))
    }
  }

  public func whenTargetsChange(_ body: @escaping @Sendable () -> Void) {
    subscribe { _ in body() }
  }
}

/// An open volume as the medium of a disk.
final class VolumeMedium: ISCSIVolume {
  private let volume: Volume

  init(_ volume: Volume) { self.volume = volume }

  var size: UInt64 { volume.size }
  var isReadOnly: Bool { volume.isReadOnly }

  var isReady: Bool {
    do throws(VolumeError) {
      _ = try volume.extents(at: 0, count: 0, limit: 1)
      return true
    } catch {
      return error != .notReady
    }
  }

  func whenClosed(_ body: @escaping @Sendable () -> Void) { volume.whenClosed(body) }

  func takePlace() -> UInt64 { volume.takePlace() }

  func tryRead(at offset: UInt64, into bytes: inout MutableRawSpan) throws(MediumError) -> Bool {
    do throws(VolumeError) {
      return try volume.tryRead(at: offset, into: &bytes)
    } catch {
      throw MediumError(error)
    }
  }

  func read(at offset: UInt64, into bytes: inout MutableRawSpan) throws(MediumError) {
    do throws(VolumeError) {
      try volume.read(at: offset, into: &bytes)
    } catch {
      throw MediumError(error)
    }
  }

  func tryWrite(at offset: UInt64, from bytes: RawSpan) throws(MediumError) -> Bool {
    do throws(VolumeError) {
      return try volume.tryWrite(at: offset, from: bytes)
    } catch {
      throw MediumError(error)
    }
  }

  func write(at offset: UInt64, from bytes: RawSpan) throws(MediumError) {
    do throws(VolumeError) {
      try volume.write(at: offset, from: bytes)
    } catch {
      throw MediumError(error)
    }
  }

  func trim(at offset: UInt64, count: UInt64) throws(MediumError) {
    do throws(VolumeError) {
      try volume.trim(at: offset, count: count)
    } catch {
      throw MediumError(error)
    }
  }

  func flush() throws(MediumError) {
    do throws(VolumeError) { try volume.flush() } catch { throw MediumError(error) }
  }

  func publish() throws(MediumError) {
    do throws(VolumeError) { try volume.publish() } catch { throw MediumError(error) }
  }

  func extents(
    at offset: UInt64, count: UInt64, limit: Int
  ) throws(MediumError) -> [MediumExtent] {
    do throws(VolumeError) {
      return try volume.extents(at: offset, count: count, limit: limit).map {
        MediumExtent(offset: $0.offset, count: $0.count, isAllocated: $0.isAllocated)
      }
    } catch {
      throw MediumError(error)
    }
  }
}

extension MediumError {
  init(_ error: VolumeError) {
    self =
      switch error {
      case .inputOutput, .invalid: .inputOutput
      case .noSpace: .noSpace
      case .readOnly: .readOnly
      case .outOfRange: .outOfRange
      case .notReady: .notReady
      case .shutDown: .replaced
      }
  }
}
