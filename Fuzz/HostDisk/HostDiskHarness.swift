import SedaiHostModel

/// A disk of what the fuzzer gives, looked at as a whole and partition by partition; and the
/// same bytes as the kernel's list of mounts.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOneInput(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  // SAFETY: libFuzzer owns `count` bytes at `data` for the time of the call; they are copied.
  let bytes = unsafe Array(UnsafeBufferPointer(start: data, count: count))
  let disk = DiskBytes(
    size: UInt64(bytes.count), blockSize: bytes.first == 1 ? 4096 : 512
  ) { offset, count in
    Array(bytes[Int(offset)..<Int(offset) + count])
  }
  _ = VolumeContent(disk)
  for partition in PartitionTable(disk)?.partitions ?? [] {
    precondition(partition.range.upperBound <= disk.size)
    _ = VolumeContent(disk.part(partition.range))
  }
  _ = MountTable(mountinfo: String(decoding: bytes, as: UTF8.self)).entries
  return 0
}
