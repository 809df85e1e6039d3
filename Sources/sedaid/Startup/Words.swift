import Foundation
import SedaiEngine
import SedaiLinux

/// What the system calls an error.
func systemWords(_ code: Int32) -> String {
  let error = POSIXError.Code(rawValue: code).map { POSIXError($0) }
  switch code {
  case ENOENT: return "it does not exist"
  case EACCES, EPERM: return "this user may not open it"
  case EEXIST: return "it exists already"
  case ENOSPC, EDQUOT: return "the disk is full"
  case EISDIR: return "it is a directory"
  default: return error?.localizedDescription ?? "system error \(code)"
  }
}

/// An error of a device in words.
func words(_ error: DeviceError) -> String {
  switch error {
  case .readFailed(let code): "reading failed: " + systemWords(code)
  case .writeFailed(let code): "writing failed: " + systemWords(code)
  case .flushFailed(let code): "flushing failed: " + systemWords(code)
  case .cannotGrow(let code): "it cannot be made longer: " + systemWords(code)
  case .noSpace: "the disk is full"
  case .outOfRange: "it is shorter than it was"
  case .readOnly: "it cannot be written"
  }
}

/// Why a file or device cannot be opened, with its path.
func words(_ error: FileDeviceError) -> String {
  switch error {
  case .openFailed(let path, let code): "\(path): \(systemWords(code))"
  case .locked(let path): "\(path) is in use by another process"
  case .growFailed(let path, let error): "\(path): \(words(error))"
  }
}
