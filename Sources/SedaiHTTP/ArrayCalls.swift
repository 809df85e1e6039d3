import HTTPTypes
import NIOPosix
import SedaiAPI
import SedaiArray
import SedaiModel
import SedaiMonitor

/// Runs calls of the array, which wait for disks, off the event loops.
struct ArrayCalls: Sendable {
  /// Who asks, for the whole of a request: signing in sets it, and without it there is no call.
  /// So a route that forgets to ask for the requester shows a host no more than it may see.
  @TaskLocal static var requester: Requester?

  /// Calls that run at the same time.
  static let threads = 8
  /// Calls that run or wait for a thread; one more is refused as busy.
  static let maximumCalls = 256

  let array: DiskArray
  private let pool: NIOThreadPool
  private let underWay = Monitor(0)

  init(_ array: DiskArray) {
    self.array = array
    pool = NIOThreadPool(numberOfThreads: Self.threads)
    pool.start()
  }

  /// Ends the threads. No call may be under way.
  func stop() async {
    // The pool throws only if it was never started.
    try? await pool.shutdownGracefully()
  }

  /// Runs `body` on a thread of its own, with the array as the requester may see it.
  ///
  /// - Throws: what the array refuses, as a problem with its HTTP status.
  func callAsFunction<Result: Sendable>(
    _ body: @escaping @Sendable (DiskArray) throws(DiskArrayError) -> Result
  ) async throws(Problem) -> Result {
    guard let requester = Self.requester else {
      throw Problem(.notSignedIn, status: HTTPResponse.Status.unauthorized.code)
    }
    let isFree = underWay.withLock { count in
      guard count < Self.maximumCalls else { return false }
      count += 1
      return true
    }
    guard isFree else { throw Problem(DiskArrayError(.busy, .catalogueBusy)) }
    defer { underWay.withLock { $0 -= 1 } }
    let array = array.seen(by: requester)
    let outcome: Swift.Result<Result, DiskArrayError>
    do {
      outcome = try await pool.runIfActive {
        do throws(DiskArrayError) {
          return .success(try body(array))
        } catch {
          return .failure(error)
        }
      }
    } catch {
      // The pool refuses work only when it ends, or when the request was given up.
      throw Problem(DiskArrayError(.failure, .arrayStopped))
    }
    switch outcome {
    case .success(let result): return result
    case .failure(let error): throw Problem(error)
    }
  }
}
