import ArgumentParser
import SedaiAPI
import SedaiClient

struct JobCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "job", abstract: "Long work in the background.",
    subcommands: [List.self, Show.self, Watch.self, Pause.self, Resume.self, Limit.self],
    defaultSubcommand: List.self)

  struct List: ArrayCommand {
    static let configuration = CommandConfiguration(abstract: "List jobs.")
    @OptionGroup var output: OutputOptions

    func run(_ array: ArrayClient) async throws {
      let jobs: Listing<JobDocument> = try await array.get(APIPath.jobs)
      try output.show(jobs) { jobs in
        var table = Table(
          ("JOB", .right), ("KIND", .left), ("VOLUME", .left), ("STATE", .left),
          ("DONE", .right), ("TOTAL", .right), ("LEFT", .right), ("STARTED", .left))
        for job in jobs.items {
          table.add(
            "\(job.id)", job.kind, job.volume, job.state.rawValue, "\(job.done)",
            "\(job.estimatedTotal)", job.secondsLeft.map(Shown.duration),
            Shown.time(job.startedAt))
        }
        return table.text
      }
    }
  }

  struct Show: ArrayCommand {
    static let configuration = CommandConfiguration(abstract: "Show a job.")
    @Argument(help: "Its number.") var job: UInt64
    @OptionGroup var output: OutputOptions

    func run(_ array: ArrayClient) async throws {
      let job: JobDocument = try await array.get(JobCommand.path(job))
      try output.show(job, as: JobCommand.sheet)
    }
  }

  struct Watch: ArrayCommand {
    static let configuration = CommandConfiguration(
      abstract: "Show how a job gets on until it is over; all jobs that run unless one is named.")
    @Argument(help: "Its number.") var job: UInt64?

    /// Between two looks at a job.
    private static let interval = Duration.milliseconds(250)

    func run(_ array: ArrayClient) async throws {
      if let job { return try await watch(job, array) }
      let jobs: Listing<JobDocument> = try await array.get(APIPath.jobs)
      let running = jobs.items.filter { !$0.state.isOver }
      if running.isEmpty { Console.print("no job runs") }
      for job in running { try await watch(job.id, array) }
    }

    private func watch(_ id: UInt64, _ array: ArrayClient) async throws {
      while true {
        let job: JobDocument = try await array.get(JobCommand.path(id))
        if Console.isTerminal { Console.redraw(ProgressBar.text(job)) }
        if job.state.isOver {
          Console.print(Console.isTerminal ? "\n" : ProgressBar.text(job))
          if let failure = job.failure { throw failure }
          return
        }
        try await Task.sleep(for: Self.interval)
      }
    }
  }

  struct Pause: ArrayCommand {
    static let configuration = CommandConfiguration(abstract: "Stop a job for a while.")
    @Argument(help: "Its number.") var job: UInt64

    func run(_ array: ArrayClient) async throws {
      try await array.send(.patch, JobCommand.path(job), JobChangeRequest(isPaused: true))
    }
  }

  struct Resume: ArrayCommand {
    static let configuration = CommandConfiguration(abstract: "Let a job go on.")
    @Argument(help: "Its number.") var job: UInt64

    func run(_ array: ArrayClient) async throws {
      try await array.send(.patch, JobCommand.path(job), JobChangeRequest(isPaused: false))
    }
  }

  struct Limit: ArrayCommand {
    static let configuration = CommandConfiguration(abstract: "Limit how fast a job works.")
    @Argument(help: "Its number.") var job: UInt64
    @Argument(help: "Steps a second; 0 lifts the limit.") var rate: UInt64

    func run(_ array: ArrayClient) async throws {
      try await array.send(.patch, JobCommand.path(job), JobChangeRequest(rateLimit: rate))
    }
  }

  private static func path(_ job: UInt64) -> String {
    APIPath.member(APIPath.jobs, String(job))
  }

  static func sheet(_ job: JobDocument) -> String {
    var sheet = Sheet()
    sheet.add("Job", "\(job.id)")
    sheet.add("Kind", job.kind)
    sheet.add("Volume", job.volume)
    sheet.add("State", job.state.rawValue)
    sheet.add("Done", "\(job.done) of \(job.estimatedTotal)")
    sheet.add("Left", job.secondsLeft.map(Shown.duration))
    sheet.add("Limit", job.rateLimit.map { "\($0) steps/s" })
    sheet.add("Started", Shown.time(job.startedAt))
    sheet.add("Ended", Shown.time(job.endedAt))
    if let failure = job.failure { sheet.add("Failure", failure.title) }
    return sheet.text
  }
}

struct EventCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "event", abstract: "What happened on the array.",
    subcommands: [List.self, Follow.self], defaultSubcommand: List.self)

  struct List: ArrayCommand {
    static let configuration = CommandConfiguration(abstract: "List events, the oldest first.")
    @Option(help: "Only events with a higher number.") var after: UInt64 = 0
    @Option(help: "At most this many.") var limit = 100
    @OptionGroup var output: OutputOptions

    func validate() throws {
      guard (1...APIQuery.maximumEntries).contains(limit) else {
        throw ValidationError("--limit takes 1 to \(APIQuery.maximumEntries).")
      }
    }

    func run(_ array: ArrayClient) async throws {
      let events = try await EventCommand.events(array, after: after, limit: limit)
      try output.show(Listing(items: events)) {
        $0.items.map { EventCommand.line($0) + "\n" }.joined()
      }
    }
  }

  struct Follow: ArrayCommand {
    static let configuration = CommandConfiguration(
      abstract: "Print events as they happen, until interrupted.")
    @Option(help: "Begin after this one; with the next that happens unless told.")
    var after: UInt64?

    /// Between two questions for news.
    private static let interval = Duration.seconds(1)

    func run(_ array: ArrayClient) async throws {
      let status: StatusDocument = try await array.get(APIPath.status)
      var last = after ?? status.newestEvent
      while true {
        let events = try await EventCommand.events(
          array, after: last, limit: APIQuery.maximumEntries)
        for event in events { Console.print(EventCommand.line(event)) }
        last = events.last?.number ?? last
        try await Task.sleep(for: Self.interval)
      }
    }
  }

  private static func events(
    _ array: ArrayClient, after: UInt64, limit: Int
  ) async throws(Problem) -> [EventDocument] {
    let events: Listing<EventDocument> = try await array.get(
      APIPath.events,
      query: [(APIQuery.after, String(after)), (APIQuery.limit, String(limit))])
    return events.items
  }

  static func line(_ event: EventDocument) -> String {
    "\(event.number)  \(Shown.time(event.time) ?? "-")  \(event.messageClass.rawValue)  "
      + "\(event.messageID)  \(event.text)"
  }
}
