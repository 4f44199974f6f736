import Glibc

/// Memory of a fixed size that stays where it is, zero at first, on large pages where it is large.
@safe
final class SweepMemory<Element: BitwiseCopyable>: @unchecked Sendable {
  let count: Int
  let start: UnsafeMutablePointer<Element>

  /// `count` elements, all bits zero.
  init(count: Int) {
    self.count = count
    let bytes = max(count, 1) * MemoryLayout<Element>.stride
    // Large pages: without them a long history spends a fifth of its time on page faults.
    let page = bytes >= 1 << 22 ? 1 << 21 : 64
    let size = (bytes + page - 1) / page * page
    guard let memory = unsafe aligned_alloc(page, size) else { fatalError("out of memory: \(size) bytes") }
    if page > 64 { unsafe madvise(memory, size, MADV_HUGEPAGE) }
    unsafe memset(memory, 0, size)
    unsafe start = memory.bindMemory(to: Element.self, capacity: max(count, 1))
  }

  deinit { unsafe free(start) }
}
