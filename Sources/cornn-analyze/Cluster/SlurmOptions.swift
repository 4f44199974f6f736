import ArgumentParser

/// Where the points of a scenario are computed, and what is asked of a cluster.
struct SlurmOptions: ParsableArguments {
  enum Backend: String, CaseIterable, Encodable, ExpressibleByArgument {
    case local, slurm
  }

  @Option(help: "Where the points are computed: on this machine, or as a job array of Slurm.")
  var backend: Backend = .local

  @Option(help: ArgumentHelp("Slurm's partition, instead of the scenario's slurm.partition.", valueName: "name"))
  var partition: String?

  @Option(help: ArgumentHelp("The most time of a task of Slurm, instead of slurm.time.", valueName: "time"))
  var timeLimit: String?

  @Option(help: ArgumentHelp("Memory of a task of Slurm, instead of slurm.memory.", valueName: "size"))
  var memory: String?

  @Option(help: ArgumentHelp("The most tasks of Slurm at a time, instead of slurm.throttle.", valueName: "n"))
  var throttle: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Stop waiting for Slurm after so many seconds; the job goes on.", valueName: "s"))
  var wait: Double?

  @Flag(help: "Show how a run stands: points done, failed, running, pending and missing.")
  var status = false

  @Flag(help: "Cancel the jobs of a run on Slurm; what is computed is kept.")
  var cancel = false

  func validate() throws {
    if status, cancel { throw ValidationError("--status and --cancel contradict each other.") }
    if let wait, !(wait >= 0) { throw ValidationError("--wait is \(wait); it must be at least 0.") }
    let flags: [(String, Bool)] = [
      ("--partition", partition != nil), ("--time-limit", timeLimit != nil), ("--memory", memory != nil),
      ("--throttle", throttle != nil), ("--wait", wait != nil),
    ]
    if let flag = flags.first(where: \.1)?.0, backend == .local || status || cancel {
      throw ValidationError("\(flag) is for --backend slurm.")
    }
  }
}
