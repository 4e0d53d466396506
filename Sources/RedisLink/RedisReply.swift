/// What Redis answered to one command, in RESP 2.
package indirect enum RedisReply: Hashable, Sendable {
    case status(String)
    case string([UInt8])
    case integer(Int64)
    case array([RedisReply])
    case null
    /// The whole line without its `-`: a code, a space, a sentence.
    case error(String)

    /// A bulk string or a status as text.
    package var text: String? {
        switch self {
        case .status(let text): text
        case .string(let bytes): String(decoding: bytes, as: UTF8.self)
        default: nil
        }
    }

    package var bytes: [UInt8]? {
        switch self {
        case .status(let text): Array(text.utf8)
        case .string(let bytes): bytes
        default: nil
        }
    }

    /// An integer, or a bulk string that spells one: scripts answer their numbers as text, past a double's 53 bits.
    package var int: Int64? {
        switch self {
        case .integer(let value): value
        case .string, .status: text.flatMap { Int64($0) }
        default: nil
        }
    }

    package var elements: [RedisReply]? {
        if case .array(let elements) = self { elements } else { nil }
    }
}
