/// A place in a record's bytes. Each step either moves on or answers a flaw; none reads at or beyond `end`.
struct JSONCursor {
    private(set) var at: UnsafePointer<UInt8>
    let end: UnsafePointer<UInt8>
    private var guess: UnsafeMutablePointer<Int32>
    private let lastGuess: UnsafeMutablePointer<Int32>

    init(_ start: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>, guesses: StringGuesses) {
        self.at = start
        self.end = end
        guess = guesses.first
        lastGuess = guesses.last
    }

    @inline(always) var isAtEnd: Bool { at >= end }
    /// Only where `isAtEnd` is false.
    @inline(always) var byte: UInt8 { at.pointee }

    @inline(always) mutating func advance(_ count: Int = 1) { at += count }

    @inline(always) mutating func skipSpace() {
        while at < end, at.pointee <= 0x20 {
            let byte = at.pointee
            guard byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 else { return }
            at += 1
        }
    }

    /// Like `string()`, where the record's n-th string is mostly as long as the n-th of the record before: a right
    /// guess is checked word by word as well, but the next step need not wait for the answer, which more than halves
    /// the time of a record.
    @inline(always) mutating func guessedString() -> (length: Int, isEscaped: Bool, flaw: JSONFlaw.Code?) {
        let expected = Int(guess.pointee)
        if end - at >= expected + 8, at[expected] == UInt8(ascii: "\""), isPlain(expected) {
            at += expected + 1
            if guess < lastGuess { guess += 1 }
            return (expected, false, nil)
        }
        let found = string()
        guess.pointee = Int32(truncatingIfNeeded: found.length)
        if guess < lastGuess { guess += 1 }
        return found
    }

    /// Whether the next `count` bytes hold nothing that a string spells in another way. Eight bytes behind them may be
    /// read.
    @inline(always) private func isPlain(_ count: Int) -> Bool {
        var start = UnsafeRawPointer(at)
        var rest = count
        while rest >= 8 {
            if Self.special(start.loadUnaligned(as: UInt64.self)) != 0 { return false }
            start += 8
            rest -= 8
        }
        let mask = (1 as UInt64) &<< UInt64(truncatingIfNeeded: 8 &* rest) &- 1
        return Self.special(start.loadUnaligned(as: UInt64.self)) & mask == 0
    }

    /// From behind the opening quote to behind the closing one. Escapes, control bytes and UTF-8 are checked.
    @inline(always) mutating func string() -> (length: Int, isEscaped: Bool, flaw: JSONFlaw.Code?) {
        let found = Self.string(at, end)
        at = found.behind
        return (found.length, found.isEscaped, found.flaw)
    }

    /// The slow steps take and give values: a cursor whose address is lent would live in memory, and each step would
    /// wait for it.
    private struct Found {
        var behind: UnsafePointer<UInt8>
        var length = 0
        var isEscaped = false
        var flaw: JSONFlaw.Code?
    }

    @inline(never)
    private static func string(_ start: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>) -> Found {
        var found = Found(behind: start)
        var at = start
        while true {
            if end - at >= 8 {
                let special = Self.special(UnsafeRawPointer(at).loadUnaligned(as: UInt64.self))
                if special == 0 {
                    at += 8
                    continue
                }
                at += special.trailingZeroBitCount >> 3
            } else if at >= end {
                found.flaw = .unexpectedEnd
                break
            }
            if at.pointee == UInt8(ascii: "\"") {
                found.length = at - start
                at += 1
                break
            }
            found.flaw = unusual(&at, end, &found.isEscaped)
            if found.flaw != nil { break }
        }
        found.behind = at
        return found
    }

    /// Bit 7 of each byte that is a quote, a backslash, a control byte or beyond ASCII. Borrows run upwards only, so
    /// the lowest bit that is set is right, and that is the only one looked at.
    @inline(always) static func special(_ word: UInt64) -> UInt64 {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let word = UInt64(littleEndian: word)
        let quote = (word ^ (ones &* 0x22)) &- ones
        let backslash = (word ^ (ones &* 0x5C)) &- ones
        let control = word &- (ones &* 0x20)
        return (quote | backslash | control | word) & (ones &* 0x80)
    }

    /// One step over anything in a string but its end.
    private static func unusual(
        _ at: inout UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>, _ isEscaped: inout Bool
    ) -> JSONFlaw.Code? {
        switch at.pointee {
        case 0..<0x20: return .controlByte
        case UInt8(ascii: "\\"):
            isEscaped = true
            return escape(&at, end)
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

    private static func escape(_ at: inout UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>) -> JSONFlaw.Code? {
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
    @inline(always) mutating func number() -> (form: Captured.Form, flaw: JSONFlaw.Code?) {
        if byte == UInt8(ascii: "-") { at += 1 }
        guard at < end else { return (.integer, .unexpectedEnd) }
        let first = at
        skipDigits()
        guard at > first, first.pointee != UInt8(ascii: "0") || at - first == 1 else { return (.integer, .badNumber) }
        guard at < end, byte == UInt8(ascii: ".") || byte | 0x20 == UInt8(ascii: "e") else { return (.integer, nil) }
        guard let behind = Self.fraction(at, end) else { return (.decimal, .badNumber) }
        at = behind
        return (.decimal, nil)
    }

    @inline(always) private mutating func skipDigits() {
        while at < end, at.pointee &- UInt8(ascii: "0") <= 9 { at += 1 }
    }

    /// What is behind a fraction, an exponent or both; nil where they are malformed.
    @inline(never)
    private static func fraction(
        _ start: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>
    ) -> UnsafePointer<UInt8>? {
        var at = start
        if at.pointee == UInt8(ascii: ".") {
            at += 1
            let first = at
            while at < end, at.pointee &- UInt8(ascii: "0") <= 9 { at += 1 }
            if at == first { return nil }
        }
        if at < end, at.pointee | 0x20 == UInt8(ascii: "e") {
            at += 1
            if at < end, at.pointee == UInt8(ascii: "+") || at.pointee == UInt8(ascii: "-") { at += 1 }
            let first = at
            while at < end, at.pointee &- UInt8(ascii: "0") <= 9 { at += 1 }
            if at == first { return nil }
        }
        return at
    }

    /// `true`, `false` or `null`.
    @inline(always) mutating func word(_ expected: StaticString) -> Bool {
        let count = expected.utf8CodeUnitCount
        guard end - at >= count else { return false }
        for index in 0..<count where at[index] != expected.utf8Start[index] { return false }
        at += count
        return true
    }
}
