import FreshetCore

/// Encodings that we recognise in order to refuse them by name.
enum ForeignFormat {
    /// Looks at the first bytes only; nil where they may be JSON.
    @inline(__always)
    static func refusal(_ value: UnsafeRawBufferPointer) -> Rejection? {
        guard let first = value.first, first == 0 || first == UInt8(ascii: "O") else { return nil }
        return named(value)
    }

    private static func named(_ value: UnsafeRawBufferPointer) -> Rejection? {
        if value[0] == 0, value.count >= 5 {
            let schema = value[1..<5].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
            return Rejection(
                .unsupportedFormat,
                "the value is framed for Confluent's schema registry (magic byte 0, schema \(schema)): Avro, "
                    + "Protobuf or JSON Schema of that kind is not supported; use a JSON converter without a registry")
        }
        if value.count >= 4, value[0] == UInt8(ascii: "O"), value[1] == UInt8(ascii: "b"),
            value[2] == UInt8(ascii: "j"),
            value[3] == 1
        {
            return Rejection(.unsupportedFormat, "the value is an Avro object container; Avro is not supported")
        }
        return nil
    }

    /// A root that is no object.
    static func refusal(root: Captured, _ what: String) -> Rejection {
        var text = root.bytes[...]
        if root.form == .escapedText || root.form == .text {
            while let first = text.first, first == 0x20 { text = text.dropFirst() }
            if let first = text.first, first == UInt8(ascii: "{") || first == UInt8(ascii: "[") {
                return Rejection(
                    .unsupportedFormat, "\(what) is JSON inside a JSON string: it was serialised twice by its producer")
            }
        }
        return Rejection(.wrongType, "\(what) is JSON, but no object")
    }
}
