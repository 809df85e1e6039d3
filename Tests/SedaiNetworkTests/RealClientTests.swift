import Foundation
import SedaiArray
import SedaiNBDTestSupport
import SedaiNetwork
import Testing

/// Clients that others wrote, each over a Unix socket.
@Suite struct RealClientTests {
  static func uri(_ socket: String, _ export: String = "v") -> String {
    "nbd+unix:///\(export)?socket=\(socket)"
  }

  static func randomBytes(_ count: Int) -> [UInt8] {
    var generator = SeededGenerator(seed: 7)
    return (0..<count / 8).flatMap { _ in WireBytes.number(generator.next()) }
  }

  @Test(.enabled(if: Program.areInstalled("nbdinfo")))
  func nbdinfoSeesEveryFeature() async throws {
    try await withServer(MemoryVolume(count: 1 << 20)) { _, _, socket in
      let outcome = try await Program.run("nbdinfo", "--json", Self.uri(socket))
      #expect(outcome.status == 0, "\(outcome.output)")
      for line in [
        #""export-size": 1048576"#, #""can_cache": true"#, #""can_df": true"#,
        #""can_fast_zero": true"#, #""can_flush": true"#, #""can_fua": true"#,
        #""can_multi_conn": true"#, #""can_trim": true"#, #""can_zero": true"#,
        #""is_read_only": false"#, #""block_size_minimum": 1"#,
        #""block_size_preferred": 4096"#, #""block_size_maximum": 33554432"#,
        #""structured": true"#, "base:allocation",
      ] {
        #expect(outcome.output.contains(line), "\(line) is not in \(outcome.output)")
      }
    }
  }

  @Test(.enabled(if: Program.areInstalled("nbdinfo")))
  func nbdinfoListsAndDoesNotFindWhatIsHidden() async throws {
    let directory = MemoryDirectory(
      volumes: ["a": MemoryVolume(count: 512), "b": MemoryVolume(count: 512)],
      visible: [.ldSet("hosts"): ["a"]])
    try await withServer(directory) { _, _, socket in
      let listed = try await Program.run("nbdinfo", "--list", Self.uri(socket, ""))
      #expect(listed.status == 0 && listed.output.contains(#"export="a""#))
      #expect(!listed.output.contains(#"export="b""#))
      let hidden = try await Program.run("nbdinfo", Self.uri(socket, "b"))
      let unknown = try await Program.run("nbdinfo", Self.uri(socket, "c"))
      #expect(hidden.status != 0 && unknown.status != 0)
      #expect(
        hidden.output.replacing("export: b", with: "export: c") == unknown.output)
    }
  }

  @Test(.enabled(if: Program.areInstalled("nbdinfo")))
  func nbdinfoMapsAllocationAndChanges() async throws {
    let volume = MemoryVolume(
      bytes: Array(repeating: 0, count: 65_536) + Array(repeating: 1, count: 65_536))
    volume.change {
      $0.generations = ["SV_001"]
      $0.changed = [4096..<8192]
    }
    try await withServer(volume) { _, _, socket in
      let allocation = try await Program.run("nbdinfo", "--map", Self.uri(socket))
      #expect(
        allocation.output.split(separator: "\n").map { $0.split(separator: " ") }
          == [["0", "65536", "3", "hole,zero"], ["65536", "65536", "0", "data"]])
      let changes = try await Program.run(
        "nbdinfo", "--map=sedai:changed-since/SV_001", Self.uri(socket))
      #expect(
        changes.output.split(separator: "\n").map { $0.split(separator: " ").prefix(3) }
          == [["0", "4096", "0"], ["4096", "4096", "1"], ["8192", "122880", "0"]])
      let missing = try await Program.run(
        "nbdinfo", "--map=sedai:changed-since/SV_002", Self.uri(socket))
      #expect(missing.status != 0)
    }
  }

  @Test(.enabled(if: Program.areInstalled("nbdcopy")), arguments: [false, true])
  func nbdcopyCopiesThereAndBack(_ isCold: Bool) async throws {
    let content = Self.randomBytes(9 << 20)
    let volume = MemoryVolume(count: content.count)
    volume.change { $0.isCold = isCold }
    try await withServer(volume) { _, _, socket in
      let source = socket + ".source"
      let copy = socket + ".copy"
      defer {
        for file in [source, copy] { try? FileManager.default.removeItem(atPath: file) }
      }
      try Data(content).write(to: URL(fileURLWithPath: source))
      let there = try await Program.run("nbdcopy", "--flush", source, Self.uri(socket))
      #expect(there.status == 0, "\(there.output)")
      let isThere = volume.change { $0.bytes == content && $0.flushed == $0.changes }
      #expect(isThere)
      let back = try await Program.run("nbdcopy", Self.uri(socket), copy)
      #expect(back.status == 0, "\(back.output)")
      let isBack = try Data(contentsOf: URL(fileURLWithPath: copy)) == Data(content)
      #expect(isBack)
    }
  }

  @Test(.enabled(if: Program.areInstalled("qemu-io")))
  func qemuReadsWritesDiscardsAndZeroes() async throws {
    try await withServer(MemoryVolume(count: 8 << 20)) { _, _, socket in
      let outcome = try await Program.run(
        "qemu-io", "-f", "raw", "-d", "unmap", "-c", "write -P 5 512 2M", "-c",
        "read -P 5 512 2M", "-c", "write -f -P 6 100k 4k", "-c", "discard 64k 128k", "-c",
        "read -P 0 64k 128k", "-c", "write -z -u 256k 64k", "-c", "write -z 320k 64k", "-c",
        "read -P 0 256k 128k", "-c", "flush", "-c", "read -P 5 1M 1M",
        Self.uri(socket))
      #expect(outcome.status == 0, "\(outcome.output)")
      #expect(!outcome.output.contains("failed"), "\(outcome.output)")
    }
  }

  @Test(.enabled(if: Program.areInstalled("qemu-io")))
  func qemuIsRefusedWritingToAReadOnlyExport() async throws {
    let volume = MemoryVolume(bytes: Array(repeating: 3, count: 65_536), isReadOnly: true)
    try await withServer(volume) { _, _, socket in
      let read = try await Program.run(
        "qemu-io", "-r", "-f", "raw", "-c", "read -P 3 0 64k", Self.uri(socket))
      #expect(read.status == 0, "\(read.output)")
      let write = try await Program.run(
        "qemu-io", "-f", "raw", "-c", "write -P 4 0 64k", Self.uri(socket))
      #expect(write.status != 0)
      #expect(volume.change { $0.changes } == 0)
    }
  }

  @Test(.enabled(if: Program.areInstalled("fio")))
  func fioVerifiesWhatItWrote() async throws {
    try await withServer(MemoryVolume(count: 16 << 20)) { _, _, socket in
      let outcome = try await Program.run(
        "fio", "--name=verify", "--ioengine=nbd", "--uri=\(Self.uri(socket))", "--rw=randrw",
        "--bsrange=512-128k", "--blockalign=512", "--iodepth=16", "--size=16m",
        "--verify=crc32c", "--verify_state_save=0", "--fsync=50", "--output-format=terse")
      #expect(outcome.status == 0, "\(outcome.output)")
    }
  }
}
