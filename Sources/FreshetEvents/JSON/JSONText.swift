/// What the escapes of a JSON string stand for.
enum JSONText {
    /// Appends the text; false where a surrogate stands alone: that is no character, and would be another one in every
    /// language. `bytes` were checked by `JSONCursor.string()`.
    static func unescape(_ bytes: UnsafeRawBufferPointer, into text: inout [UInt8]) -> Bool {
        var index = 0
        while index < bytes.count {
            let byte = bytes[index]
            guard byte == UInt8(ascii: "\\"), index + 1 < bytes.count else {
                text.append(byte)
                index += 1
                continue
            }
            let letter = bytes[index + 1]
            guard letter == UInt8(ascii: "u") else {
                text.append(simple(letter))
                index += 2
                continue
            }
            guard let scalar = scalar(bytes, &index) else { return false }
            text.append(contentsOf: String(Character(scalar)).utf8)
        }
        return true
    }

    /// `\uXXXX`, or two of them that make a pair.
    private static func scalar(_ bytes: UnsafeRawBufferPointer, _ index: inout Int) -> Unicode.Scalar? {
        guard let first = word(bytes, index) else { return nil }
        index += 6
        guard 0xD800..<0xDC00 ~= first else { return Unicode.Scalar(first) }
        guard let second = word(bytes, index), 0xDC00..<0xE000 ~= second else { return nil }
        index += 6
        return Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
    }

    private static func word(_ bytes: UnsafeRawBufferPointer, _ index: Int) -> UInt32? {
        guard index + 6 <= bytes.count, bytes[index] == UInt8(ascii: "\\"), bytes[index + 1] == UInt8(ascii: "u"),
            let start = bytes.baseAddress?.assumingMemoryBound(to: UInt8.self)
        else { return nil }
        return hexWord(start + index + 2)
    }

    /// Four hexadecimal digits.
    static func hexWord(_ at: UnsafePointer<UInt8>) -> UInt32? {
        var word: UInt32 = 0
        for index in 0..<4 {
            let digit: UInt8
            switch at[index] {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = at[index] - UInt8(ascii: "0")
            case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = at[index] - UInt8(ascii: "a") + 10
            case UInt8(ascii: "A")...UInt8(ascii: "F"): digit = at[index] - UInt8(ascii: "A") + 10
            default: return nil
            }
            word = word << 4 | UInt32(digit)
        }
        return word
    }

    private static func simple(_ letter: UInt8) -> UInt8 {
        switch letter {
        case UInt8(ascii: "b"): 0x08
        case UInt8(ascii: "f"): 0x0C
        case UInt8(ascii: "n"): 0x0A
        case UInt8(ascii: "r"): 0x0D
        case UInt8(ascii: "t"): 0x09
        default: letter
        }
    }
}
