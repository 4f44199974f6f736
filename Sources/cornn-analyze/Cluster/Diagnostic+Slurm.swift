extension Diagnostic {
  /// A command of Slurm's that isn't there, doesn't answer or refuses; nil where it did what it was to do.
  init?(_ command: String, _ answer: SlurmCommand.Answer) {
    if answer.isSuccess { return nil }
    if answer.isMissing {
      self.init(
        .unavailable, "\(command) isn't there: this machine has no commands of Slurm",
        hint: "run it where jobs are submitted from (Debian: apt-get install slurm-client), or without --backend slurm")
    } else if answer.errors.contains("temporarily unable to accept job") {
      self.init(
        .unavailable, "Slurm's queue is full: it took no job for a minute, nothing is submitted",
        hint: "the same command with --resume later, or more points a task (slurm.pointsPerTask)")
    } else if answer.isLate || answer.errors.contains("Unable to contact slurm controller")
      || answer.errors.contains("Socket timed out")
    {
      self.init(
        .unavailable,
        "Slurm's controller doesn't answer: \(answer.isLate ? "\(command) took too long" : answer.complaint)",
        hint: "scontrol ping tells more; jobs that run go on, and the same command with --resume finds them again")
    } else if answer.errors.contains("slurm.conf") || answer.errors.contains("configuration file") {
      self.init(
        .unavailable, "\(command): Slurm isn't set up here: \(answer.complaint)",
        hint: "SLURM_CONF names its slurm.conf, if that isn't where Slurm looks by itself")
    } else {
      self.init(.unavailable, "\(command): \(answer.complaint)")
    }
  }

  /// What sbatch refused.
  ///
  /// - Parameter partitions: the cluster's, as far as they are known.
  init(refused answer: SlurmCommand.Answer, _ settings: SlurmSettings, partitions: [String]) {
    let said = answer.errors
    if said.contains("invalid partition") || said.contains("Invalid partition") {
      self = settings.trouble(
        "partition", "Slurm has no partition \(settings.partition ?? "by default")",
        hint: partitions.isEmpty ? "sinfo lists them" : "it has: " + partitions.joined(separator: ", "))
    } else if said.contains("node configuration is not available") || said.contains("can not be satisfied") {
      let asked = (settings.memory.map { ["memory \($0)"] } ?? []) + ["cpus \(settings.cpus)"]
      self = settings.trouble(
        settings.memory == nil ? "cpus" : "memory",
        "no node has what a task asks for: \(asked.joined(separator: ", ")): \(answer.complaint)",
        hint: "sinfo --format='%P %c %m' lists partitions with the cores and mebibytes of their nodes")
    } else if said.contains("unrecognized option") || said.contains("invalid option") {
      self = settings.trouble("options", "sbatch: \(said.split(whereSeparator: \.isNewline).first ?? "")")
    } else if let trouble = Diagnostic("sbatch", answer) {
      self =
        answer.isMissing || answer.isLate || trouble.message.hasPrefix("Slurm") || trouble.hint != nil
        ? trouble
        : Diagnostic(
          .unavailable, "Slurm refused the job: \(answer.complaint)",
          hint: "nothing is submitted; what is asked of it stands under slurm: in the scenario, or in flags")
    } else {
      self.init(.unavailable, "sbatch said no job's number: \(answer.output)")
    }
  }

  /// Why a job waits that Slurm holds back, with a way out where there is one.
  static func pending(_ reason: String) -> String {
    let advice: [String: String] = [
      "PartitionTimeLimit": "it asks for more time than the partition allows: --cancel it, then lower slurm.time",
      "PartitionNodeLimit": "it asks for more nodes than the partition allows",
      "PartitionConfig":
        "the partition has no node with what it asks for: --cancel it, then lower slurm.cpus or slurm.memory",
      "BadConstraints": "no node has what it asks for: --cancel it, then change slurm.options",
      "PartitionDown": "the partition is down",
      "PartitionInactive": "the partition is inactive",
      "ReqNodeNotAvail": "nodes are down, drained or reserved",
      "JobHeldUser": "it is held: scontrol release",
      "JobHeldAdmin": "an administrator holds it",
      "Licenses": "it waits for a licence",
      "InvalidAccount": "the account isn't valid: --cancel it, then set --account under slurm.options",
      "InvalidQOS": "the quality of service isn't valid: --cancel it, then set --qos under slurm.options",
    ]
    // Some have details after a comma.
    let name = String(reason.prefix { $0 != "," })
    return reason + (advice[name].map { ": " + $0 } ?? "")
  }
}
