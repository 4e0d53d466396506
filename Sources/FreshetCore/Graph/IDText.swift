/// Which spellings of an id are valid. One spelling per id: two spellings of one entity would be two entities to
/// everything that compares bytes, so what isn't canonical is rejected (a UUID's letters may have either case).
package enum IDText {
    /// Of a text part, before escaping.
    package static let maxTextBytes = 200

    /// An optional minus and digits without leading zeros, within 64 bits; nil for everything else.
    package static func bigint(_ text: UnsafeRawBufferPointer) -> Int64? {
        let isNegative = text.first == UInt8(ascii: "-")
        let start = isNegative ? 1 : 0
        let count = text.count - start
        guard count > 0, count <= 19 else { return nil }
        // "0" is the one number that begins with a zero; there is no "-0".
        if text[start] == UInt8(ascii: "0"), text.count > 1 { return nil }
        var magnitude: UInt64 = 0
        for index in start..<text.count {
            let digit = text[index] &- UInt8(ascii: "0")
            if digit > 9 { return nil }
            // Nineteen digits fit into 64 unsigned bits.
            magnitude = magnitude * 10 + UInt64(digit)
        }
        if isNegative { return magnitude > 1 << 63 ? nil : Int64(truncatingIfNeeded: 0 &- magnitude) }
        return Int64(exactly: magnitude)
    }

    /// 8-4-4-4-12 hexadecimal digits of either case; nil for everything else.
    package static func uuid(_ text: UnsafeRawBufferPointer) -> UUIDBits? {
        guard text.count == 36 else { return nil }
        var words: (high: UInt64, low: UInt64) = (0, 0)
        var digits = 0
        for (index, byte) in text.enumerated() {
            if index == 8 || index == 13 || index == 18 || index == 23 {
                if byte != UInt8(ascii: "-") { return nil }
                continue
            }
            guard let digit = hexDigit(byte) else { return nil }
            if digits < 16 { words.high = words.high << 4 | digit } else { words.low = words.low << 4 | digit }
            digits += 1
        }
        return UUIDBits(high: words.high, low: words.low)
    }

    /// Why a text can't be part of an id; nil if it can.
    package static func flaw(_ text: UnsafeRawBufferPointer) -> String? {
        if text.isEmpty { return "is empty" }
        if text.count > maxTextBytes { return "is longer than \(maxTextBytes) bytes" }
        var index = 0
        while index < text.count {
            let byte = text[index]
            if byte < 0x80 {
                if byte < 0x20 || byte == 0x7F { return "contains a control character" }
                index += 1
                continue
            }
            let length = sequenceLength(text, index)
            if length == 0 { return "is not valid UTF-8" }
            // U+0080…U+009F: the other control characters.
            if byte == 0xC2, text[index + 1] < 0xA0 { return "contains a control character" }
            index += length
        }
        return nil
    }

    package static func hexDigit(_ byte: UInt8) -> UInt64? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt64(byte - UInt8(ascii: "0"))
        case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt64(byte - UInt8(ascii: "a") + 10)
        case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt64(byte - UInt8(ascii: "A") + 10)
        default: nil
        }
    }

    /// Of the well-formed UTF-8 sequence that begins at `start` (Unicode, table 3-7); 0 if there is none.
    private static func sequenceLength(_ text: UnsafeRawBufferPointer, _ start: Int) -> Int {
        let first = text[start]
        let length: Int
        var second: ClosedRange<UInt8> = 0x80...0xBF
        switch first {
        case 0xC2...0xDF: length = 2
        case 0xE0: (length, second) = (3, 0xA0...0xBF)
        case 0xED: (length, second) = (3, 0x80...0x9F)
        case 0xE1...0xEF: length = 3
        case 0xF0: (length, second) = (4, 0x90...0xBF)
        case 0xF4: (length, second) = (4, 0x80...0x8F)
        case 0xF1...0xF3: length = 4
        default: return 0
        }
        guard start + length <= text.count, second.contains(text[start + 1]) else { return 0 }
        for index in start + 2..<max(start + 2, start + length) where text[index] & 0xC0 != 0x80 { return 0 }
        return length
    }
}
