import Subprocess
import SystemPackage

/// Slurm's own commands, each with a limit on the time it may take.
enum SlurmCommand {
  /// What a command said.
  struct Answer: Equatable {
    let status: Int32
    let output: String
    let errors: String

    var isSuccess: Bool { status == 0 }
    /// It took too long and was ended.
    var isLate: Bool { status == 124 || status == 137 }
    var isMissing: Bool { status == 127 }
    /// The last thing it complained about, without its own name.
    var complaint: String {
      let line = errors.split(whereSeparator: \.isNewline).last.map(String.init) ?? "status \(status)"
      return line.firstRange(of: "error: ").map { String(line[$0.upperBound...]) } ?? line
    }
  }

  /// Runs a command of Slurm's; `seconds` is long enough for it to repeat what failed for a moment.
  static func run(_ name: String, _ arguments: [String], within seconds: Int = 30) async -> Answer {
    do {
      // In a process group of its own: an interrupt at the terminal doesn't tear a submission in two.
      let result = try await Subprocess.run(
        .name("timeout"), arguments: Arguments(["--kill-after=2", "\(seconds)", name] + arguments),
        output: .string(limit: 1 << 26), error: .string(limit: 1 << 16))
      let status: Int32 =
        switch result.terminationStatus {
        case .exited(let code): code
        case .signaled(let number): 128 + number
        }
      return Answer(status: status, output: result.standardOutput, errors: result.standardError)
    } catch {
      // Where the system's own timeout isn't on the path, Slurm isn't either.
      return Answer(status: 127, output: "", errors: "\(error)")
    }
  }
}
