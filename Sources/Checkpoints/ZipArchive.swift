import CZip
import Glibc

/// A zip archive, read and written by libzip: the one place outside the kernels that holds C pointers.
@safe
final class ZipArchive {
  /// A file in the archive.
  struct Member: Equatable {
    let name: String
    /// Its size once unpacked, as the archive declares it.
    let size: Int
    /// Whether its bytes stand as they are.
    let isStored: Bool
    fileprivate let index: UInt64
  }

  /// The archive's files, in its own order.
  let members: [Member]
  private let handle: OpaquePointer

  /// Opens the archive at `path`, of `fileSize` bytes.
  ///
  /// A stored member that claims more bytes than the file has is refused here, before anything is allocated
  /// for it.
  init(path: String, fileSize: Int) throws(CheckpointError.Problem) {
    var code: Int32 = 0
    guard let handle = unsafe zip_open(path, ZIP_RDONLY, &code) else {
      // The file begins as an archive; it is at the end that an archive's directory stands.
      throw code == ZIP_ER_NOZIP
        ? .malformed(part: "zip archive", reason: "the directory at its end is missing, as if it were cut short")
        : .malformed(part: "zip archive", reason: Self.text(ofCode: code))
    }
    var members: [Member] = []
    let count = unsafe zip_get_num_entries(handle, 0)
    for index in 0..<UInt64(max(count, 0)) {
      var info = unsafe zip_stat_t()
      unsafe zip_stat_init(&info)
      guard unsafe zip_stat_index(handle, index, 0, &info) == 0, let name = unsafe info.name else {
        let reason = unsafe Self.text(of: handle)
        unsafe zip_discard(handle)
        throw .malformed(part: "zip archive, member \(index)", reason: reason)
      }
      let size = unsafe Int(clamping: info.size)
      let packed = unsafe Int(clamping: info.comp_size)
      let isStored = unsafe info.comp_method == UInt16(ZIP_CM_STORE)
      let label = unsafe String(cString: name)
      guard packed <= fileSize, !isStored || size <= fileSize else {
        unsafe zip_discard(handle)
        throw .truncated(part: "zip member \(label)", needed: isStored ? size : packed, available: fileSize)
      }
      members.append(Member(name: label, size: size, isStored: isStored, index: index))
    }
    unsafe self.handle = unsafe handle
    self.members = members
  }

  deinit { unsafe zip_discard(handle) }

  /// The bytes of `member`, its checksum verified, or its first `most` bytes. `limit` bounds what is allocated
  /// for a packed one.
  func read(
    _ member: Member, limit: Int, atMost most: Int = .max
  ) throws(CheckpointError.Problem) -> [UInt8] {
    let wanted = min(member.size, most)
    let part = "zip member \(member.name)"
    guard member.isStored || wanted <= limit else {
      throw .tooLarge(part: part, bytes: member.size, limit: limit)
    }
    guard let file = unsafe zip_fopen_index(handle, member.index, 0) else {
      throw .malformed(part: part, reason: unsafe Self.text(of: handle))
    }
    defer { unsafe zip_fclose(file) }
    var received = 0
    var failure: String?
    let bytes = unsafe [UInt8](unsafeUninitializedCapacity: wanted) { buffer, initialized in
      while received < wanted {
        let count = unsafe zip_fread(file, buffer.baseAddress! + received, UInt64(wanted - received))
        guard count > 0 else {
          failure = count < 0 ? unsafe Self.text(of: zip_file_get_error(file)) : nil
          break
        }
        received += Int(count)
      }
      initialized = received
    }
    if let failure { throw .malformed(part: part, reason: failure) }
    guard received == wanted else { throw .truncated(part: part, needed: wanted, available: received) }
    guard wanted == member.size else { return bytes }
    // Reading past the end makes libzip compare the checksum.
    var more: UInt8 = 0
    let rest = unsafe zip_fread(file, &more, 1)
    guard rest == 0 else {
      throw .malformed(
        part: part,
        reason: rest < 0 ? unsafe Self.text(of: zip_file_get_error(file)) : "more bytes than it declares")
    }
    return bytes
  }

  /// Writes an archive of stored members to `path`, replacing what is there in one move at the end.
  ///
  /// The same members give the same bytes: every date is 1980-01-01.
  static func write(_ members: [(name: String, bytes: [UInt8])], to path: String) throws(CheckpointError.Problem) {
    var code: Int32 = 0
    guard let archive = unsafe zip_open(path, ZIP_CREATE | ZIP_TRUNCATE, &code) else {
      throw .unwritable(reason: text(ofCode: code))
    }
    func failure() -> CheckpointError.Problem {
      let reason = unsafe text(of: archive)
      unsafe zip_discard(archive)
      return .unwritable(reason: reason)
    }
    // libzip reads the buffers at zip_close, so it gets copies that it frees itself.
    for (name, bytes) in members {
      guard let copy = unsafe malloc(max(bytes.count, 1)) else { throw failure() }
      unsafe bytes.withUnsafeBytes { source in
        if let start = source.baseAddress { unsafe copy.copyMemory(from: start, byteCount: bytes.count) }
      }
      guard let source = unsafe zip_source_buffer(archive, copy, UInt64(bytes.count), 1) else {
        unsafe free(copy)
        throw failure()
      }
      let index = unsafe zip_file_add(archive, name, source, zip_flags_t(ZIP_FL_ENC_UTF_8))
      guard index >= 0 else {
        unsafe zip_source_free(source)
        throw failure()
      }
      guard unsafe zip_set_file_compression(archive, UInt64(index), ZIP_CM_STORE, 0) == 0,
        unsafe zip_file_set_dostime(archive, UInt64(index), 0, 0x21, 0) == 0
      else { throw failure() }
    }
    guard unsafe zip_close(archive) == 0 else { throw failure() }
  }

  private static func text(ofCode code: Int32) -> String {
    var error = unsafe zip_error_t()
    unsafe zip_error_init_with_code(&error, code)
    defer { unsafe zip_error_fini(&error) }
    return unsafe String(cString: zip_error_strerror(&error))
  }

  private static func text(of error: UnsafeMutablePointer<zip_error_t>?) -> String {
    guard let error = unsafe error else { return "unknown error" }
    return unsafe String(cString: zip_error_strerror(error))
  }

  private static func text(of handle: OpaquePointer) -> String { unsafe text(of: zip_get_error(handle)) }
}
