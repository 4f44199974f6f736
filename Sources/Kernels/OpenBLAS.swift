import CKernels
import COpenBLAS
import Glibc

/// The BLAS that serves this process, GSL's calls included.
public enum OpenBLAS {
  /// The name of the kernel set in use, for example `SkylakeX` or `Haswell`.
  public static var coreName: String {
    start()
    return unsafe String(cString: openblas_get_corename())
  }

  /// The kernel set that this CPU's features allow, of those that OpenBLAS 0.3.21 has; nil where it can't be
  /// told better than OpenBLAS does.
  public static var bestCoreName: String? {
    switch unsafe String(cString: cornn_best_instruction_set()) {
    case "avx512": "SkylakeX"
    case "avx2": "Haswell"
    default: nil
    }
  }

  /// The instruction set that the project's own kernels run on: `avx512`, `avx2` or `baseline`.
  public static var instructionSet: String { unsafe String(cString: cornn_instruction_set()) }

  /// How capable a kernel set is: 0 before AVX2, 1 with AVX2, 2 with AVX-512; nil for an unknown name.
  public static func rank(ofCore name: String) -> Int? {
    switch name.lowercased() {
    case "skylakex", "cooperlake", "sapphirerapids": 2
    case "haswell", "zen", "excavator": 1
    case "prescott", "core2", "penryn", "dunnington", "nehalem", "sandybridge", "atom", "nano", "katmai",
      "coppermine", "northwood", "banias", "athlon", "opteron", "opteron_sse3", "barcelona", "bobcat",
      "bulldozer", "piledriver", "steamroller":
      0
    default: nil
    }
  }

  /// Prepares OpenBLAS once: one thread (parallelism is over independent runs), and better kernels where its
  /// own choice falls behind the CPU and `OPENBLAS_CORETYPE` isn't set.
  ///
  /// Debian's OpenBLAS 0.3.21 doesn't know CPUs newer than itself and takes its oldest kernels there, six
  /// times too slow.
  public static func start() { _ = started }

  private static let started: Void = {
    let chosen = unsafe String(cString: openblas_get_corename())
    if unsafe getenv("OPENBLAS_CORETYPE") == nil, let best = bestCoreName,
      let now = rank(ofCore: chosen), let possible = rank(ofCore: best), now < possible
    {
      unsafe setenv("OPENBLAS_CORETYPE", best, 1)
      gotoblas_dynamic_quit()
      gotoblas_dynamic_init()
      // The processes that this one starts make their own choice.
      unsafe unsetenv("OPENBLAS_CORETYPE")
    }
    openblas_set_num_threads(1)
    // Its other threads, started with the library, would spin for some 30 ms before they sleep.
    openblas_end_threads()
  }()
}
