import CoRNNKernels
import Testing

@Suite struct ParallelMapTests {
  @Test(arguments: [1, 2, 5], [0, 1, 2, 37]) func resultsStandByIndex(threads: Int, count: Int) {
    #expect(parallelMap(count: count, threads: threads) { $0 * $0 } == (0..<count).map { $0 * $0 })
  }
}
