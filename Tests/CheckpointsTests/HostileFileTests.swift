import CoRNNCheckpoints
import CoRNNKernels
import Foundation
import TestSupport
import Testing

/// Ten thousand random and mutated files of each format. Each is read in a process of its own whose memory is
/// limited, so that a crash, a hang or a large allocation fails the test.
@Suite struct HostileFileTests {
  @Test func pyTorch() async {
    await #expect(processExitsWith: .success) {
      hostileRun(["packed.pt", "wrapped-state_dict.pt", "protocol4.pt", "strided.pt", "packed-bfloat16.pt"], seed: 1)
    }
  }

  @Test func safetensors() async {
    await #expect(processExitsWith: .success) {
      hostileRun(["packed.safetensors", "native.safetensors", "packed-bfloat16.safetensors"], seed: 2)
    }
  }

  @Test func npz() async {
    await #expect(processExitsWith: .success) {
      hostileRun(["stored.npz", "deflated.npz", "fortran.npz", "bigf2.npz"], seed: 3)
    }
  }

  @Test func networkJSON() async {
    await #expect(processExitsWith: .success) { hostileRun(["network.json"], seed: 4) }
  }

  @Test func arrays() async {
    await #expect(processExitsWith: .success) {
      hostileRun(["../../Data/lorenz96-F8-m64.inputs.npy", "stored-alone.npz"], seed: 5)
    }
  }
}

/// Reads mutations of `names` under limits on memory and on the time of each; ends the process, with a failure on the first
/// wrong outcome.
private func hostileRun(_ names: [String], seed: UInt64) {
  let originals = names.compactMap { try? [UInt8](Data(contentsOf: URL(filePath: TestData.fixture($0)))) }
  precondition(originals.count == names.count, "fixtures are missing")
  // A hang ends the process, as does memory beyond 64 MiB and four times the largest file on top of what is in use.
  let memoryLimit = 16 << 20
  let largest = originals.map(\.count).max() ?? 0
  let inUse = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8))
    .flatMap { Int($0.split(separator: " ")[0]) }.map { $0 * 4096 }
  guard let inUse else { preconditionFailure("no /proc/self/statm") }
  var limit = rlimit()
  limit.rlim_cur = rlim_t(inUse + 4 * 2 * largest + 64 << 20 + memoryLimit)
  limit.rlim_max = limit.rlim_cur
  precondition(setrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limit) == 0)

  let path = "/dev/shm/cornn-hostile-\(getpid())"
  var refused = 0
  for index in 0..<10_000 as Range<UInt64> {
    alarm(60)
    var random = SplittableRandom(seed: seed).split(index)
    let original = originals[Int(random.next() % UInt64(originals.count))]
    guard (try? Data(mutated(original, &random)).write(to: URL(filePath: path))) != nil else {
      preconditionFailure("no room in /dev/shm")
    }
    do throws(StoredNetwork.Failure) {
      let stored = try StoredNetwork(path: path, given: FixtureNetwork.constants, memoryLimit: memoryLimit)
      _ = try stored.absoluteRowSums()
      _ = try stored.network()
    } catch {
      refused += 1
      if case .file(let file) = error {
        precondition(file.problem != .notFound && file.problem != .isDirectory, "\(error)")
      }
    }
    _ = try? NumericArray(path: path, memoryLimit: memoryLimit)
  }
  precondition(refused > 1_000, "only \(refused) of 10000 were refused: are they mutated at all?")
  try? FileManager.default.removeItem(atPath: path)
  // At once: the usual way out isn't what is tested, and under this limit it may find no room for a thread it wants.
  _exit(EXIT_SUCCESS)
}

/// A file with some of its bytes changed, cut, doubled or replaced by numbers that overflow; one in twenty is
/// nothing but noise after its first bytes.
private func mutated(_ original: [UInt8], _ random: inout SplittableRandom) -> [UInt8] {
  func below(_ limit: Int) -> Int { Int(random.next() % UInt64(max(limit, 1))) }
  var bytes = original
  if below(20) == 0 {
    let kept = below(64)
    for i in bytes.indices where i >= kept { bytes[i] = UInt8(truncatingIfNeeded: random.next()) }
    return bytes
  }
  for _ in 0...below(6) {
    guard !bytes.isEmpty else { break }
    let place = below(bytes.count)
    switch below(7) {
    case 0: bytes[place] = UInt8(truncatingIfNeeded: random.next())
    case 1: bytes[place] ^= 1 << UInt8(below(8))
    case 2: bytes.removeSubrange(place..<min(bytes.count, place + 1 + below(30)))
    case 3: bytes.insert(contentsOf: (0...below(30)).map { _ in UInt8(truncatingIfNeeded: random.next()) }, at: place)
    case 4:
      let from = below(bytes.count)
      bytes.insert(contentsOf: bytes[from..<min(bytes.count, from + below(200))], at: place)
    case 5:
      let numbers: [UInt64] = [
        0, .max, 1 << 31, 1 << 32, 1 << 63, 0x7FFF_FFFF_FFFF_FFFF, 0xFFFF_FFFF, 0x7F, 1_000_000_007,
      ]
      let number = numbers[below(numbers.count)]
      for k in 0..<[1, 2, 4, 8][below(4)] where place + k < bytes.count {
        bytes[place + k] = UInt8(truncatingIfNeeded: number >> UInt64(8 * k))
      }
    default:
      // A decimal digit becomes another, or many: sizes in JSON and .npy headers.
      if let digit = bytes[place...].firstIndex(where: { (0x30...0x39).contains($0) }) {
        bytes.replaceSubrange(
          digit...digit, with: Array(["9", "99999999999999999999", "-1", "0", "1e9"][below(5)].utf8))
      }
    }
  }
  if below(10) == 0 { bytes.removeLast(below(bytes.count)) }
  return bytes
}
