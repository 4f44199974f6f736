import CoRNNKernels
import FoundationEssentials

/// What computed a run, and when: kept apart from results, whose bytes don't depend on it.
struct Machine: Encodable {
  let tool = CornnAnalyze.versionNumber
  let gsl = GSL.version
  let openBLAS = OpenBLAS.coreName
  let kernels = OpenBLAS.instructionSet
  let host: String
  let system: String
  let cores: Int
  let jobs: Int
  /// Where the points were computed; the rest is about the machine that put them together.
  let backend: SlurmOptions.Backend
  let started: String
  let finished: String
  let seconds: Double
  /// How many points this run of the tool computed; the others were there.
  let computed: Int

  init(started: Date, seconds: Double, computed: Int, jobs: Int, backend: SlurmOptions.Backend) {
    let process = ProcessInfo.processInfo
    host = process.hostName
    system = process.operatingSystemVersionString
    cores = process.activeProcessorCount
    self.jobs = jobs
    self.backend = backend
    self.started = started.formatted(.iso8601)
    finished = Date.now.formatted(.iso8601)
    self.seconds = seconds
    self.computed = computed
  }
}
