import Glibc

/// The operating system's words for an error number.
public func systemErrorText(_ code: Int32) -> String { unsafe String(cString: strerror(code)) }
