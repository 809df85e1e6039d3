import SedaiAPI

/// One line that shows how far a job is.
struct ProgressBar {
  /// Characters of the bar itself.
  static let width = 30

  static func text(_ job: JobDocument) -> String {
    let total = max(job.estimatedTotal, job.done)
    let share = total == 0 ? 0 : Double(job.done) / Double(total)
    let filled = job.state == .ended ? width : min(width, Int(share * Double(width)))
    let bar =
      String(repeating: "#", count: filled) + String(repeating: ".", count: width - filled)
    let percent = job.state == .ended ? 100 : min(99, Int(share * 100))
    var text = "job \(job.id) \(job.kind)" + (job.volume.map { " of \($0)" } ?? "")
    text += " [\(bar)] \(percent)% \(job.state.rawValue)"
    if let left = job.secondsLeft, job.state == .running {
      text += ", \(Shown.duration(left)) left"
    }
    return text
  }
}
