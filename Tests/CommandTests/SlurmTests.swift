import Foundation
import TestSupport
import Testing

/// Runs on Slurm without one: scripts that stand in for its commands say what the real ones say, or compute an array's
/// tasks at once. Tests/Slurm runs the same on a real one.
@Suite struct SlurmTests {
  /// What stands for each command; a command that isn't named succeeds and says nothing.
  struct Cluster {
    let folder: String

    /// Runs an array's tasks one after the other, but those that `except` names.
    static let computing = """
      echo "$@" >> "$0.log"
      for argument; do
        case $argument in --array=1-*) last=${argument#--array=1-} ;; esac
      done
      export SLURM_ARRAY_JOB_ID=$(wc -l < "$0.log")
      SLURM_ARRAY_TASK_ID=1
      while [ $SLURM_ARRAY_TASK_ID -le ${last%%\\%*} ]; do
        export SLURM_ARRAY_TASK_ID
        EXCEPT
        sh "$argument" > /dev/null 2>&1
        SLURM_ARRAY_TASK_ID=$((SLURM_ARRAY_TASK_ID + 1))
      done
      echo $SLURM_ARRAY_JOB_ID
      """

    init(_ folder: String, _ commands: [String: String]) throws {
      self.folder = folder + "/commands"
      try FileManager.default.createDirectory(atPath: self.folder, withIntermediateDirectories: true)
      for name in ["sbatch", "squeue", "scancel", "scontrol", "sinfo"] {
        let path = self.folder + "/" + name
        try ("#!/bin/sh\n" + (commands[name] ?? "") + "\n").write(toFile: path, atomically: true, encoding: .utf8)
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
      }
    }

    var environment: [String: String] { ["PATH": folder + ":/usr/local/bin:/usr/bin:/bin"] }
    func log(_ command: String) -> [Substring] {
      let text = (try? String(contentsOfFile: folder + "/" + command + ".log", encoding: .utf8)) ?? ""
      return text.split(separator: "\n")
    }
  }

  static let sweep = """
    # What are the Hénon map's exponents?
    kind: lyapunov
    system: henon
    length: 2000
    grid: {parameter.a: [1.013, 1.21, 1.4, 2.385, 1.3]}

    """

  /// A folder with the sweep in it and stand-ins for Slurm's commands.
  static func with(
    _ commands: [String: String], slurm: String = "", _ body: (String, Cluster) throws -> Void
  ) throws {
    try TestData.withFolder { folder in
      try (sweep + slurm).write(toFile: folder + "/x.yaml", atomically: true, encoding: .utf8)
      try body(folder, Cluster(folder, commands))
    }
  }

  struct Message: Sendable, CustomTestStringConvertible {
    let name: String
    let status: Int32
    var commands: [String: String] = [:]
    var slurm = ""
    var arguments = ["--backend", "slurm"]
    var testDescription: String { name }
  }

  static let messages = [
    Message(name: "slurm-not-there", status: 69, commands: ["sbatch": "exit 127"]),
    Message(
      name: "slurm-partition", status: 65,
      commands: [
        "sbatch": """
        echo "sbatch: error: invalid partition specified: nope" >&2
        echo "sbatch: error: Batch job submission failed: Invalid partition name specified" >&2
        exit 1
        """,
        "sinfo": "echo main; echo long",
      ], slurm: "slurm: {partition: nope}\n"),
    Message(
      name: "slurm-partition-flag", status: 64,
      commands: [
        "sbatch": "echo 'sbatch: error: invalid partition specified: nope' >&2; exit 1",
        "sinfo": "echo main; echo long",
      ], arguments: ["--backend", "slurm", "--partition", "nope"]),
    Message(
      name: "slurm-memory", status: 65,
      commands: [
        "sbatch": """
        echo "sbatch: error: Memory specification can not be satisfied" >&2
        echo "sbatch: error: Batch job submission failed: Requested node configuration is not available" >&2
        exit 1
        """
      ], slurm: "slurm: {memory: 2T, cpus: 3}\n"),
    Message(
      name: "slurm-queue-full", status: 69,
      commands: [
        "sbatch": "echo 'sbatch: error: Slurm temporarily unable to accept job, sleeping and retrying' >&2; exit 124"
      ]),
    Message(
      name: "slurm-no-controller", status: 69,
      commands: [
        "sbatch":
          "echo 'sbatch: error: Batch job submission failed: Unable to contact slurm controller (connect failure)' >&2; exit 1"
      ]),
    Message(
      name: "slurm-not-set-up", status: 69,
      commands: ["sbatch": "echo 'sbatch: fatal: Unable to process configuration file' >&2; exit 1"]),
    Message(
      name: "slurm-policy", status: 69,
      commands: [
        "sbatch": """
        echo "sbatch: error: QOSMaxSubmitJobPerUserLimit" >&2
        echo "sbatch: error: Batch job submission failed: Job violates accounting/QOS policy" >&2
        exit 1
        """
      ]),
    Message(
      name: "slurm-option", status: 65,
      commands: ["sbatch": "echo \"sbatch: unrecognized option '--acount=x'\" >&2; exit 255"],
      slurm: "slurm: {options: [--acount=x]}\n"),
    Message(name: "slurm-mumbles", status: 69, commands: ["sbatch": "echo 'Submitted, I think'"]),
    Message(
      name: "slurm-strange-queue", status: 65,
      commands: ["sbatch": "echo 12", "squeue": "echo 'JOBID PARTITION'"]),
    Message(name: "slurm-unknown-key", status: 65, slurm: "slurm:\n  partiton: main\n"),
    Message(name: "slurm-time", status: 65, slurm: "slurm: {time: soon}\n"),
    Message(name: "slurm-size", status: 64, arguments: ["--backend", "slurm", "--memory", "0"]),
    Message(name: "slurm-count", status: 65, slurm: "slurm: {throttle: 0}\n"),
    Message(name: "slurm-own-option", status: 65, slurm: "slurm: {options: [--array=1-9]}\n"),
    Message(name: "slurm-no-mapping", status: 65, slurm: "slurm: main\n"),
    Message(name: "slurm-flag-without-backend", status: 64, arguments: ["--partition", "main"]),
    Message(name: "slurm-status-and-cancel", status: 64, arguments: ["--status", "--cancel"]),
    Message(name: "status-of-nothing", status: 66, arguments: ["--status"]),
  ]

  @Test(arguments: messages) func message(of test: Message) throws {
    try Self.with(test.commands, slurm: test.slurm) { folder, cluster in
      let run = try Tool(
        ["run", "x.yaml", "--quiet"] + test.arguments, folder: folder, environment: cluster.environment)
      #expect(run.status == test.status)
      #expect(run.output == "")
      try expectSnapshot(run.errors, "errors/" + test.name)
    }
  }

  @Test func withoutSlurm() throws {
    try Self.with([:]) { folder, _ in
      let run = try Tool(["run", "x.yaml", "--backend", "slurm"], folder: folder, environment: ["PATH": folder])
      #expect(run.status == 69)
      try expectSnapshot(run.errors, "errors/slurm-not-there")
    }
  }

  /// Points that share a task, all of them, and more options than anyone needs; the results are the local ones.
  @Test(arguments: [
    ("", "1-5"), ("slurm: {pointsPerTask: 2, throttle: 7}\n", "1-3%7"),
    ("slurm: {pointsPerTask: 100, cpus: 2, time: 1-02, memory: 3G, options: [--account=x]}\n", "1-1"),
  ]) func sameBytes(slurm: String, array: String) throws {
    let sbatch = Cluster.computing.replacingOccurrences(of: "EXCEPT", with: ":")
    try Self.with(["sbatch": sbatch, "scontrol": "echo 'MaxArraySize            = 1001'"], slurm: slurm) {
      folder, cluster in
      let local = try Tool(["run", "x.yaml", "--output", "local"], folder: folder)
      #expect(local.status == 0, "\(local.errors)")
      let run = try Tool(
        ["run", "x.yaml", "--backend", "slurm", "--output", "there"], folder: folder, environment: cluster.environment)
      #expect(run.status == 0, "\(run.errors)")
      #expect(run.output == local.output.replacing(": local", with: ": there"))
      let results = try ["local", "there"].map { try Data(contentsOf: URL(filePath: "\(folder)/\($0)/results.jsonl")) }
      #expect(results[0] == results[1] && !results[0].isEmpty)
      let call = try #require(cluster.log("sbatch").first)
      #expect(cluster.log("sbatch").count == 1 && call.contains(" --array=\(array) "))
      if slurm.contains("account") {
        for option in ["--cpus-per-task=2", "--time=1-02", "--mem=3G", "--account=x", "--no-requeue"] {
          #expect(call.contains(option))
        }
      }
    }
  }

  /// An array is never larger than the cluster takes.
  @Test func smallArrays() throws {
    let sbatch = Cluster.computing.replacingOccurrences(of: "EXCEPT", with: ":")
    try Self.with(["sbatch": sbatch, "scontrol": "echo 'MaxArraySize            = 3'"]) { folder, cluster in
      let run = try Tool(
        ["run", "x.yaml", "--backend", "slurm"], folder: folder, environment: cluster.environment)
      #expect(run.status == 0, "\(run.errors)")
      #expect(cluster.log("sbatch").first?.contains("--array=1-2 ") == true)
    }
  }

  /// A point whose task dies is submitted as often as was asked, alone, and then recorded as crashed; --resume tries it
  /// anew.
  @Test func dyingTask() throws {
    let dying = """
      if [ ! -e "$0.well" ] && [ "$(sed -n "${SLURM_ARRAY_TASK_ID}p" "${argument%.sh}.tasks")" = 3 ]; then
        SLURM_ARRAY_TASK_ID=$((SLURM_ARRAY_TASK_ID + 1))
        continue
      fi
      """
    let sbatch = Cluster.computing.replacingOccurrences(of: "EXCEPT", with: dying)
    try Self.with(["sbatch": sbatch], slurm: "slurm: {attempts: 2}\n") { folder, cluster in
      let arguments = ["run", "x.yaml", "--backend", "slurm", "--output", "there", "--format", "json"]
      let run = try Tool(arguments, folder: folder, environment: cluster.environment)
      #expect(run.status == 0, "\(run.errors)")
      #expect(
        cluster.log("sbatch").map { $0.split(separator: " ").first { $0.hasPrefix("--array") } } == [
          "--array=1-5", "--array=1-1",
        ])
      let lines = try String(contentsOfFile: folder + "/there/results.jsonl", encoding: .utf8).split(separator: "\n")
      #expect(lines.count == 5)
      #expect(
        lines[2].contains("\"code\": \"crash\"") && lines[2].contains("ended 2 times without a result, last as UNKNOWN")
      )
      try Data().write(to: URL(filePath: cluster.folder + "/sbatch.well"))
      let again = try Tool(arguments + ["--resume"], folder: folder, environment: cluster.environment)
      #expect(again.status == 0, "\(again.errors)")
      let local = try Tool(["run", "x.yaml", "--output", "local"], folder: folder)
      #expect(local.status == 0)
      let results = try ["local", "there"].map { try Data(contentsOf: URL(filePath: "\(folder)/\($0)/results.jsonl")) }
      #expect(results[0] == results[1])
    }
  }

  /// A job that waits: why, how it is shown, and how it is cancelled.
  @Test func pendingJob() throws {
    // The queue has the job until it is cancelled.
    let commands = [
      "sbatch": """
      for argument; do case $argument in --job-name=*) echo "${argument#--job-name=}" > "$0.name" ;; esac; done
      echo 4711
      """,
      "squeue": """
      name=$(cat "${0%squeue}sbatch.name")
      # Slurm sums up tasks that were cancelled before they began in one line without a number.
      if [ -e "${0%squeue}scancel.log" ]; then echo "$name|4711|N/A|CANCELLED|Resources"; exit; fi
      for task in 1 2 3 4 5; do echo "$name|4711|$task|PENDING|PartitionTimeLimit"; done
      """,
      "scancel": "echo \"$@\" >> \"$0.log\"",
    ]
    try Self.with(commands) { folder, cluster in
      func tool(_ arguments: String...) throws -> Tool {
        try Tool(["run", "x.yaml"] + arguments, folder: folder, environment: cluster.environment)
      }
      let waiting = try tool("--backend", "slurm", "--wait", "0.5")
      #expect(waiting.status == 69)
      try expectSnapshot(waiting.errors, "errors/slurm-waited")
      let status = try tool("--status").output
      try expectSnapshot(status.replacing(#/x-[0-9a-f]+-1/#, with: "NAME"), "slurm-status")
      let locally = try tool("--resume")
      #expect(locally.status == 64)
      try expectSnapshot(locally.errors, "errors/slurm-resumed-locally")
      let anew = try tool("--backend", "slurm")
      #expect(anew.status == 64)
      try expectSnapshot(anew.errors, "errors/slurm-without-resume")
      let cancel = try tool("--cancel")
      #expect(cancel.status == 0 && cluster.log("scancel").count == 1)
      try expectSnapshot(cancel.output, "slurm-cancel")
      let points = try #require(try tool("--status", "--format", "json").json()["points"] as? [String: Int])
      #expect(points == ["all": 5, "done": 0, "failed": 0, "running": 0, "pending": 0, "missing": 5])
    }
  }
}
