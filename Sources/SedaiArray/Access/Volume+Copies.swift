import SedaiBytes
import SedaiEngine
import SedaiFormat
import SedaiMonitor

// Off the fast path: accesses to a volume that a copy from another pool has not filled yet.

extension Volume {
  /// Whether a range has to wait for a copy.
  @inline(__always)
  func awaitsCopy(at offset: UInt64, count: UInt64) -> Bool {
    guard let copy = session.copy else { return false }
    return !copy.isSettled(at: offset, count: count)
  }

  /// Has what is missing in a range copied first. To be called inside the gate.
  ///
  /// - Returns: false if that needs room to be made, which is done outside.
  func settle(
    _ image: ImageID, at offset: UInt64, count: UInt64
  ) throws(VolumeError) -> Bool {
    guard let work = session.copy, awaitsCopy(at: offset, count: count),
      let place = array.state.withLock({ $0.copyPlace(into: session.base, image: image) })
    else { return true }
    do {
      for window in CopyWork.windows(at: offset, count: count) {
        guard try settle(window, work, place) else { return false }
      }
      return true
    } catch let error as VolumeError {
      throw error
    } catch {
      throw .inputOutput
    }
  }

  private func settle(
    _ window: UInt64, _ work: CopyWork, _ place: CopyPlace
  ) throws -> Bool {
    while true {
      switch work.claim(window) {
      case .nothing: return true
      case .keep:
        try array.keep(work.doneBytes, of: work.copy, place)
      case .help:
        _ = try array.advanceCopy(
          place.replica, windows: DiskArray.windowsPerHelp, mayMakeRoom: false)
      case .copy(let claim):
        var isSettled = false
        defer { work.release(claim, isSettled: isSettled) }
        do throws(EngineError) {
          try array.copyWindow(claim, to: place.image, capacity: place.capacity)
        } catch {
          if error.isLackOfRoom { return false }
          throw VolumeError(error)
        }
        try array.noteSettled(window, place)
        isSettled = true
        return true
      }
    }
  }
}
