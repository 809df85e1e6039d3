import Glibc
import Logging
import NIOPosix
import SedaiArray
import SedaiNetwork

/// A running server on a Unix socket in a directory of its own; gone after `body`.
func withServer<Result>(
  _ directory: some NBDExportDirectory, configuration: NBDServerConfiguration = .init(),
  _ body: (NBDServer, NetworkListener, _ socket: String) async throws -> Result
) async throws -> Result {
  let folder = try temporaryFolder()
  defer { remove(folder) }
  let server = NBDServer(
    directory: directory, configuration: configuration, logger: Logger(label: "test"))
  do {
    let path = folder + "/nbd.sock"
    let listener = try await server.listen(onUnixSocket: path, as: .ldSet("hosts"))
    let result = try await body(server, listener, path)
    await server.stop()
    return result
  } catch {
    await server.stop()
    throw error
  }
}

func withServer<Result>(
  _ volume: MemoryVolume,
  _ body: (NBDServer, NetworkListener, _ socket: String) async throws -> Result
) async throws -> Result {
  try await withServer(MemoryDirectory(volumes: ["v": volume]), body)
}

/// A client on its own thread-blocking calls, past negotiation.
func connectedClient(
  _ socket: String, structured: Bool = false, contexts: [String] = []
) throws -> RawClient {
  let client = try RawClient(socket: socket)
  try client.go(structured: structured, contexts: contexts)
  return client
}

/// Runs a call that waits for what another task does: on a thread that tasks do not need.
func blocking<Result: Sendable>(
  _ body: @escaping @Sendable () throws -> Result
) async throws -> Result {
  try await NIOThreadPool.singleton.runIfActive(body)
}

func temporaryFolder() throws -> String {
  var template = Array("/tmp/sedai-nbd-XXXXXX".utf8CString)
  let isMade = unsafe template.withUnsafeMutableBufferPointer {
    guard let start = $0.baseAddress else { return false }
    return unsafe mkdtemp(start) != nil
  }
  guard isMade else { throw RawClient.Failure(reason: "mkdtemp: \(errno)") }
  return String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
}

private func remove(_ folder: String) {
  _ = unsafe unlink(folder + "/nbd.sock")
  _ = unsafe rmdir(folder)
}
