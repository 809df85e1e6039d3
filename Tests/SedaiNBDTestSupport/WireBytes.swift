/// Builds what a client sends, byte by byte as the protocol document lays it out, apart from
/// the encoders under test.
package enum WireBytes {
  package static func number<Integer: FixedWidthInteger>(_ value: Integer) -> [UInt8] {
    (0..<Integer.bitWidth / 8).reversed().map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) }
  }

  package static func clientFlags(_ flags: UInt32 = 3) -> [UInt8] { number(flags) }

  package static func option(_ code: UInt32, _ data: [UInt8] = []) -> [UInt8] {
    Array("IHAVEOPT".utf8) + number(code) + number(UInt32(data.count)) + data
  }

  package static func text(_ string: String) -> [UInt8] {
    number(UInt32(string.utf8.count)) + Array(string.utf8)
  }

  package static func go(_ name: String, _ requests: [UInt16] = [], option: UInt32 = 7) -> [UInt8] {
    Self.option(option, text(name) + number(UInt16(requests.count)) + requests.flatMap(number))
  }

  package static func contexts(_ option: UInt32, _ name: String, _ queries: [String]) -> [UInt8] {
    Self.option(option, text(name) + number(UInt32(queries.count)) + queries.flatMap(text))
  }

  package static func request(
    _ command: UInt16, flags: UInt16 = 0, cookie: UInt64 = 7, offset: UInt64 = 0,
    length: UInt32 = 0, payload: [UInt8] = []
  ) -> [UInt8] {
    number(UInt32(0x2560_9513)) + number(flags) + number(command) + number(cookie)
      + number(offset) + number(length) + payload
  }

  package static func optionReply(_ option: UInt32, _ code: UInt32, _ data: [UInt8] = []) -> [UInt8]
  {
    number(UInt64(0x0003_e889_0455_65a9)) + number(option) + number(code)
      + number(UInt32(data.count)) + data
  }

  package static func simpleReply(_ error: UInt32 = 0, cookie: UInt64 = 7) -> [UInt8] {
    number(UInt32(0x6744_6698)) + number(error) + number(cookie)
  }

  package static func chunk(
    _ type: UInt16, flags: UInt16 = 1, cookie: UInt64 = 7, _ payload: [UInt8] = []
  ) -> [UInt8] {
    number(UInt32(0x668e_33ef)) + number(flags) + number(type) + number(cookie)
      + number(UInt32(payload.count)) + payload
  }

  package static func errorChunk(_ error: UInt32, cookie: UInt64 = 7) -> [UInt8] {
    chunk(0x8001, cookie: cookie, number(error) + number(UInt16(0)))
  }
}
