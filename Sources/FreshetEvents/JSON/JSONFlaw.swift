import FreshetCore

/// Why bytes are no JSON value that we read, and where. Small, so that the reader makes no string.
struct JSONFlaw: Error {
    enum Code: UInt8 {
        case empty
        case unexpectedByte
        case unexpectedEnd
        case trailingBytes
        case badNumber
        case badLiteral
        case badEscape
        case controlByte
        case badUTF8
        case tooDeep
    }

    var code: Code
    /// Bytes from the top of the record.
    var offset: Int

    func rejection(_ what: String) -> Rejection {
        switch code {
        case .empty: Rejection(.emptyValue, "\(what) is empty")
        case .tooDeep:
            Rejection(
                .tooDeep, "\(what) nests deeper than \(FieldReader.maxDepth) levels at byte \(offset)")
        default: Rejection(.malformedJSON, "\(what) is no JSON: \(words) at byte \(offset)")
        }
    }

    private var words: String {
        switch code {
        case .unexpectedByte: "unexpected byte"
        case .unexpectedEnd: "unexpected end"
        case .trailingBytes: "something follows the value"
        case .badNumber: "malformed number"
        case .badLiteral: "unknown word"
        case .badEscape: "malformed escape in a string"
        case .controlByte: "control byte in a string"
        case .badUTF8: "invalid UTF-8"
        case .empty, .tooDeep: ""
        }
    }
}
