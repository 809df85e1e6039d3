import Hummingbird
import SedaiAPI
import SedaiArray
import SedaiModel

extension ManagementAPI {
  func addActivity(to router: Router<ManagementContext>) {
    router.get("\(APIPath.jobs)") { _, _ in
      let jobs = try await calls { $0.jobs() }
      return Answer.json(Listing(items: jobs.map(JobDocument.init)))
    }
    router.post("\(APIPath.jobs)") { request, context in
      let requester = try context.signedIn()
      let body = try await Answer.decode(MergeRequest.self, from: request)
      let job = try await calls { (array) throws(DiskArrayError) in
        try array.startMerge(of: try body.merge.disk(), by: requester)
      }
      return Answer.json(JobDocument(job), status: .created)
    }
    router.get("\(APIPath.jobs)/:job") { _, context in
      let id = try Self.job(context)
      let job = try await calls { (array) throws(DiskArrayError) in try Self.job(id, array) }
      return Answer.json(JobDocument(job))
    }
    router.patch("\(APIPath.jobs)/:job") { request, context in
      let requester = try context.signedIn()
      let id = try Self.job(context)
      let body = try await Answer.decode(JobChangeRequest.self, from: request)
      let job = try await calls { (array) throws(DiskArrayError) in
        var job = try Self.job(id, array)
        if let rate = body.rateLimit {
          job = try array.limitJob(id, unitsPerSecond: rate == 0 ? nil : rate, by: requester)
        }
        if let isPaused = body.isPaused {
          job =
            try isPaused
            ? array.pauseJob(id, by: requester) : array.resumeJob(id, by: requester)
        }
        return job
      }
      return Answer.json(JobDocument(job))
    }
    router.get("\(APIPath.events)") { request, _ in
      let after = try request.number(APIQuery.after, in: 0...UInt64.max, otherwise: 0)
      let limit = try request.number(
        APIQuery.limit, in: 1...APIQuery.maximumEntries, otherwise: 100)
      let events = try await calls { $0.events(after: after, limit: limit) }
      return Answer.json(Listing(items: events.map(EventDocument.init)))
    }
  }

  private static func job(_ id: JobID, _ array: DiskArray) throws(DiskArrayError) -> JobFacts {
    guard let job = array.jobs().first(where: { $0.id == id }) else {
      throw DiskArrayError(.notFound, .unknownJob, ["job": .text(String(id.rawValue))])
    }
    return job
  }

  private static func job(_ context: ManagementContext) throws(Problem) -> JobID {
    let text = try context.segment("job")
    guard let number = UInt64(text) else {
      throw Problem(DiskArrayError(.notFound, .unknownJob, ["job": .text(text)]))
    }
    return JobID(number)
  }
}
