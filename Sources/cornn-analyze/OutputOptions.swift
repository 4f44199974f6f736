import ArgumentParser
import CoRNNCheckpoints
import CoRNNReport
import FoundationEssentials

/// How results come out.
struct OutputOptions: ParsableArguments {
  /// The renderings of a result.
  enum Rendering: String, CaseIterable, ExpressibleByArgument {
    case text, json, csv, markdown
  }

  @Option(help: ArgumentHelp("How the result is printed."))
  var format: Rendering = .text

  @Option(help: ArgumentHelp("A folder for results, data and plots.", valueName: "dir"))
  var output: String?

  @Option(
    help: ArgumentHelp(
      "A web page with the result, its plots and their values, that needs no other file.", valueName: "file.html"))
  var report: String?

  /// The question of the scenario that the command belongs to, which takes the place of the command's own.
  @Option(help: .hidden)
  var question: String?

  @Option(help: ArgumentHelp("Cores to use; results don't depend on it. (default: all)", valueName: "n"))
  var threads: Int?

  @Flag(help: "No progress and no notes on standard error.")
  var quiet = false

  @Flag(
    help:
      "Exit with 2 when a computation fell short of its goal, with 3 when a bound is violated or a certificate refused."
  )
  var strict = false

  func validate() throws {
    if let threads, threads < 1 { throw ValidationError("--threads is \(threads); it must be at least 1.") }
  }

  /// The number of threads to use.
  var threadCount: Int { threads ?? ProcessInfo.processInfo.activeProcessorCount }

  /// A note on standard error, unless it is to be quiet.
  func note(_ text: String) {
    if !quiet { writeToStandardError(text + "\n") }
  }
}

/// A folder that results are written to, made and tried before the work begins.
struct OutputFolder {
  let path: String

  /// Makes the folder, and tries whether it can be written to.
  ///
  /// A name that ends like a file's is refused: it was meant for one. `argument` is what gives the folder.
  init(_ path: String, argument: String = "--output") throws(Diagnostic) {
    self.path = path
    let hint = argument == "--output" ? "choose another with --output" : "choose another folder"
    let name = path.split(separator: "/").last ?? ""
    let endings = [".json", ".md", ".csv", ".npz", ".txt", ".html", ".svg", ".png", ".pdf", ".npy"]
    if let ending = endings.first(where: { name.lowercased().hasSuffix($0) }) {
      throw Diagnostic(.usage, "\(argument) \(path): results go to a folder here, not to a \(ending) file")
    }
    do {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    } catch {
      throw Diagnostic(
        .io, "\(path): the folder can't be made: \(systemReason(error))", hint: hint)
    }
    let probe = file(".\(UUID().uuidString)")
    do {
      try replaceFile(at: probe, with: [])
      try FileManager.default.removeItem(atPath: probe)
    } catch {
      throw Diagnostic(.io, "\(path): the folder can't be written to", hint: hint)
    }
  }

  /// The path of a file in the folder.
  func file(_ name: String) -> String { path.hasSuffix("/") ? path + name : path + "/" + name }

  /// Writes a text file.
  func write(_ text: String, to name: String) throws(Diagnostic) { try write(bytes: Array(text.utf8), to: name) }

  /// Writes arrays to an `.npz`.
  func write(_ arrays: [ArrayWriter.Named], to name: String) throws(Diagnostic) {
    do {
      try ArrayWriter.write(arrays, to: file(name))
    } catch {
      throw Diagnostic(error)
    }
  }

  /// Writes a file.
  func write(bytes: [UInt8], to name: String) throws(Diagnostic) {
    do {
      try replaceFile(at: file(name), with: bytes)
    } catch {
      throw Diagnostic(CheckpointError(path: file(name), problem: error))
    }
  }
}

/// Tries whether a file can be made at `path`, before the work that fills it.
func tryWriting(_ path: String) throws(Diagnostic) {
  let probe = path + ".\(UUID().uuidString)"
  do {
    try replaceFile(at: probe, with: [])
    try FileManager.default.removeItem(atPath: probe)
  } catch let problem as CheckpointError.Problem {
    throw Diagnostic(CheckpointError(path: path, problem: problem))
  } catch {
    throw Diagnostic(.io, "\(path): can't be written: \(systemReason(error))")
  }
}
