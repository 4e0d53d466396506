import FreshetCore

/// Looks headers up by name; what isn't there, or isn't what its family says, is nil.
struct LetterHeaders {
    private let headers: [RecordHeader]

    init(_ headers: [RecordHeader]) { self.headers = headers }

    func bytes(_ name: String) -> [UInt8]? { headers.first { $0.name == name }?.value }

    /// Where a family appends on each round, the last one is the newest.
    func lastBytes(_ name: String) -> [UInt8]? { headers.last { $0.name == name }?.value }

    func text(_ name: String) -> String? { bytes(name).map(Self.text) }

    func lastText(_ name: String) -> String? { lastBytes(name).map(Self.text) }

    /// Written as decimal digits.
    func number(_ name: String) -> Int64? { text(name).flatMap { Int64($0) } }

    /// Written as Java's `ByteBuffer.putInt`.
    func bigEndian32(_ name: String) -> Int32? {
        guard let bytes = bytes(name), bytes.count == 4 else { return nil }
        return Int32(bitPattern: bytes.reduce(0) { $0 << 8 | UInt32($1) })
    }

    /// Written as Java's `ByteBuffer.putLong`.
    func bigEndian64(_ name: String) -> Int64? {
        guard let bytes = bytes(name), bytes.count == 8 else { return nil }
        return Int64(bitPattern: bytes.reduce(0) { $0 << 8 | UInt64($1) })
    }

    /// Foreign headers may hold a whole stack trace.
    private static func text(_ bytes: [UInt8]) -> String {
        LetterText.bounded(String(decoding: bytes.prefix(LetterText.limit + 4), as: UTF8.self))
    }
}
