/// A place in a record's bytes. Each step either moves on or answers a flaw; none reads at or beyond `end`.
struct JSONCursor {
    private(set) var at: UnsafePointer<UInt8>
    let end: UnsafePointer<UInt8>

    init(_ start: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>) {
        self.at = start
        self.end = end
    }

    @inline(__always) var isAtEnd: Bool { at >= end }
    /// Only where `isAtEnd` is false.
    @inline(__always) var byte: UInt8 { at.pointee }

    @inline(__always) mutating func advance(_ count: Int = 1) { at += count }

    @inline(__always) mutating func skipSpace() {
        while at < end, at.pointee <= 0x20 {
            let byte = at.pointee
            guard byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 else { return }
            at += 1
        }
    }

    /// From behind the opening quote to behind the closing one. Escapes, control bytes and UTF-8 are checked.
    @inline(__always) mutating func string() -> (length: Int, isEscaped: Bool, flaw: JSONFlaw.Code?) {
        let start = at
        var isEscaped = false
        while true {
            if end - at >= 8 {
                let special = Self.special(UnsafeRawPointer(at).loadUnaligned(as: UInt64.self))
                if special == 0 {
                    at += 8
                    continue
                }
                at += special.trailingZeroBitCount >> 3
            } else if at >= end {
                return (0, isEscaped, .unexpectedEnd)
            }
            if at.pointee == UInt8(ascii: "\"") {
                let length = at - start
                at += 1
                return (length, isEscaped, nil)
            }
            if let flaw = unusual(&isEscaped) { return (0, isEscaped, flaw) }
        }
    }

    /// Bit 7 of each byte that is a quote, a backslash, a control byte or beyond ASCII. Borrows run upwards only, so
    /// the lowest bit that is set is right, and that is the only one looked at.
    @inline(__always) private static func special(_ word: UInt64) -> UInt64 {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let word = UInt64(littleEndian: word)
        let quote = (word ^ (ones &* 0x22)) &- ones
        let backslash = (word ^ (ones &* 0x5C)) &- ones
        let control = word &- (ones &* 0x20)
        return (quote | backslash | control | word) & (ones &* 0x80)
    }

    /// One step over anything in a string but its end.
    @inline(never) private mutating func unusual(_ isEscaped: inout Bool) -> JSONFlaw.Code? {
        switch byte {
        case 0..<0x20: return .controlByte
        case UInt8(ascii: "\\"):
            isEscaped = true
            return escape()
        case 0x20..<0x80:
            at += 1
            return nil
        default:
            let length = UTF8Sequence.length(at, end)
            guard length > 0 else { return .badUTF8 }
            at += length
            return nil
        }
    }

    private mutating func escape() -> JSONFlaw.Code? {
        guard end - at >= 2 else { return .unexpectedEnd }
        switch at[1] {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
            UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            at += 2
            return nil
        case UInt8(ascii: "u"):
            guard end - at >= 6 else { return .unexpectedEnd }
            guard JSONText.hexWord(at + 2) != nil else { return .badEscape }
            at += 6
            return nil
        default: return .badEscape
        }
    }

    /// A number, from its first byte (a digit or a minus).
    @inline(__always) mutating func number() -> (form: Captured.Form, flaw: JSONFlaw.Code?) {
        if byte == UInt8(ascii: "-") { at += 1 }
        guard at < end else { return (.integer, .unexpectedEnd) }
        let first = at
        skipDigits()
        guard at > first, first.pointee != UInt8(ascii: "0") || at - first == 1 else { return (.integer, .badNumber) }
        guard at < end, byte == UInt8(ascii: ".") || byte | 0x20 == UInt8(ascii: "e") else { return (.integer, nil) }
        return (.decimal, fraction())
    }

    @inline(__always) private mutating func skipDigits() {
        while at < end, at.pointee &- UInt8(ascii: "0") <= 9 { at += 1 }
    }

    private mutating func fraction() -> JSONFlaw.Code? {
        if byte == UInt8(ascii: ".") {
            at += 1
            let first = at
            skipDigits()
            if at == first { return .badNumber }
        }
        if at < end, byte | 0x20 == UInt8(ascii: "e") {
            at += 1
            if at < end, byte == UInt8(ascii: "+") || byte == UInt8(ascii: "-") { at += 1 }
            let first = at
            skipDigits()
            if at == first { return .badNumber }
        }
        return nil
    }

    /// `true`, `false` or `null`.
    mutating func word(_ expected: StaticString) -> Bool {
        let count = expected.utf8CodeUnitCount
        guard end - at >= count else { return false }
        for index in 0..<count where at[index] != expected.utf8Start[index] { return false }
        at += count
        return true
    }
}
