/// A value that the mapping names, as it stands in the record: a view that is valid while the record's bytes are.
struct Captured {
    enum Form: UInt8 {
        case absent
        case null
        case boolean
        /// Digits with an optional minus.
        case integer
        /// A number with a fraction or an exponent.
        case decimal
        /// Between the quotes; no escapes in it.
        case text
        /// Between the quotes; with escapes.
        case escapedText
        case object
        case array
    }

    var start: UnsafePointer<UInt8>
    /// Bytes. A record is bounded by its topic's `maxRecordSize`, which is far below 2 GiB.
    var count: Int32
    var form: Form

    /// `start` is never read while the form is `absent`.
    static func absent(_ start: UnsafePointer<UInt8>) -> Captured { Captured(start: start, count: 0, form: .absent) }

    var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: start, count: Int(count)) }

    /// Neither there nor null.
    var isMissing: Bool { form == .absent || form == .null }
    var isText: Bool { form == .text || form == .escapedText }
}
