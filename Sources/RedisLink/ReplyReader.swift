import CHiredis

/// Owns hiredis' reader: bytes in, replies out. Its errors are sticky, so whoever sees one drops the connection.
final class ReplyReader {
    /// A bulk length is the server's word: no single reply may make us hold more than this many bytes.
    static let maxReplySize = 64 * 1024 * 1024

    struct Violation: Error {
        var description: String
    }

    private let reader: UnsafeMutablePointer<redisReader>
    private let maxSize: Int
    private var fedSinceReply = 0

    init?(maxSize: Int = ReplyReader.maxReplySize) {
        guard let reader = redisReaderCreate() else { return nil }
        self.reader = reader
        self.maxSize = maxSize
        // Otherwise hiredis frees its buffer after each reply that passed 16 KiB, and allocates it again.
        reader.pointee.maxbuf = 0
    }

    deinit { redisReaderFree(reader) }

    func feed(_ bytes: UnsafeRawBufferPointer) throws(Violation) {
        fedSinceReply += bytes.count
        guard fedSinceReply <= maxSize else { throw Violation(description: "a reply of more than \(maxSize) bytes") }
        guard redisReaderFeed(reader, bytes.baseAddress, bytes.count) == REDIS_OK else { throw violation() }
    }

    /// The next reply that is complete; nil when more bytes are needed.
    func next() throws(Violation) -> RedisReply? {
        var raw: UnsafeMutableRawPointer?
        guard redisReaderGetReply(reader, &raw) == REDIS_OK else { throw violation() }
        guard let raw else { return nil }
        defer { freeReplyObject(raw) }
        fedSinceReply = reader.pointee.len - reader.pointee.pos
        return Self.convert(raw.assumingMemoryBound(to: redisReply.self))
    }

    private func violation() -> Violation {
        let text = withUnsafePointer(to: &reader.pointee.errstr) { pointer in
            pointer.withMemoryRebound(to: CChar.self, capacity: 128) { String(cString: $0) }
        }
        return Violation(description: text)
    }

    /// hiredis bounds the nesting at 7 levels, so the recursion is bounded as well.
    private static func convert(_ reply: UnsafeMutablePointer<redisReply>) -> RedisReply {
        let value = reply.pointee
        switch value.type {
        case REDIS_REPLY_STRING: return .string(Array(bytes(of: value)))
        case REDIS_REPLY_STATUS: return .status(String(decoding: bytes(of: value), as: UTF8.self))
        case REDIS_REPLY_ERROR: return .error(String(decoding: bytes(of: value), as: UTF8.self))
        case REDIS_REPLY_INTEGER: return .integer(value.integer)
        case REDIS_REPLY_ARRAY:
            return .array(
                (0..<Int(value.elements)).map { index in
                    guard let element = value.element?[index] else { return .null }
                    return convert(element)
                })
        default: return .null
        }
    }

    private static func bytes(of reply: redisReply) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: reply.str, count: Int(reply.len))
    }
}
