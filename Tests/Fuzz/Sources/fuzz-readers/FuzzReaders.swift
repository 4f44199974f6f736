import CoRNNCheckpoints
import Foundation

/// Reads the input as a checkpoint and as an array; whatever happens, it must be a value or a thrown error.
///
/// The formats tell themselves apart by their first bytes, so the corpus that a run starts from decides which
/// reader it exercises.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzReaders(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  let path = "/dev/shm/cornn-fuzz-\(getpid())"
  guard (try? Data(bytes: start, count: count).write(to: URL(filePath: path))) != nil else { return 0 }
  let given = GivenConstants(timeStep: 0.1, gamma: [1], epsilon: [1], damping: .explicit)
  if let stored = try? StoredNetwork(path: path, given: given, memoryLimit: 1 << 24) {
    _ = try? stored.absoluteRowSums()
    _ = try? stored.network()
  }
  _ = try? NumericArray(path: path, memoryLimit: 1 << 24)
  return 0
}

@_silgen_name("LLVMFuzzerRunDriver")
func runDriver(
  _ count: UnsafeMutablePointer<CInt>,
  _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?>,
  _ callback: @convention(c) (UnsafePointer<UInt8>, Int) -> CInt
) -> CInt

/// What the package manager calls instead of libFuzzer's own `main`.
@_cdecl("fuzz_readers_main")
public func fuzzReadersMain(
  _ count: CInt, _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
) -> CInt {
  var count = count
  var arguments = arguments
  return runDriver(&count, &arguments, fuzzReaders)
}
