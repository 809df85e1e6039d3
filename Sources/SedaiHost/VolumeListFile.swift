internal import Glibc
public import SedaiAPI
public import SedaiHostModel
internal import SedaiModel

/// The volume list on disk, and the lock that keeps readers from one that is being made.
public struct VolumeListFile: Sendable {
  private let places: HostPlaces

  public init(_ places: HostPlaces) { self.places = places }

  /// Holds the list; others wait until it goes.
  public struct Lock: ~Copyable {
    private let descriptor: CInt

    fileprivate init(_ path: String, _ how: CInt, patience: Int) throws(Problem) {
      // SAFETY: the path is read during the call only.
      let descriptor = unsafe open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
      guard descriptor >= 0 else {
        throw HostFiles.failure("open", path, "\(SystemFailure(errno))")
      }
      guard ProgramRun.wait(patience, until: { flock(descriptor, how | LOCK_NB) == 0 }) else {
        close(descriptor)
        throw Problem(.volumeListBusy, ["time": .seconds(patience)])
      }
      self.descriptor = descriptor
    }

    deinit { close(descriptor) }
  }

  /// - Parameter patience: seconds to wait for readers and writers.
  public func lockToWrite(patience: Int) throws(Problem) -> Lock {
    try HostFiles.makeDirectory(places.root + "/run/sedai-host")
    return try Lock(places.lock, LOCK_EX, patience: patience)
  }

  /// The list; waits until it is not being made.
  ///
  /// - Throws: if there is none.
  public func read(patience: Int) throws(Problem) -> VolumeList {
    try waitUntilWritten(patience: patience)
    guard let list = try stored() else { throw Problem(.volumeListMissing) }
    return list
  }

  /// The list as it is; nil if there is none that this program knows.
  public func stored() throws(Problem) -> VolumeList? {
    let list: VolumeList? = try HostFiles.value(places.volumeList)
    return list?.version == VolumeList.currentVersion ? list : nil
  }

  /// Changes the list as a whole.
  public func change(
    patience: Int, _ body: (inout VolumeList) -> Void
  ) throws(Problem) {
    let lock = try lockToWrite(patience: patience)
    guard var list = try stored() else { return }
    body(&list)
    try store(list, holding: lock)
  }

  public func store(_ list: VolumeList, holding _: borrowing Lock) throws(Problem) {
    try HostFiles.store(list, at: places.volumeList)
  }

  private func waitUntilWritten(patience: Int) throws(Problem) {
    // Who may not open the lock still reads a list that is replaced in one step.
    // SAFETY: the path is read during the call only.
    guard unsafe access(places.lock, R_OK | W_OK) == 0 else { return }
    _ = try Lock(places.lock, LOCK_SH, patience: patience)
  }
}
