/// How ids are spelled inside keys.
package enum KeyText {
    private static let hex: [UInt8] = Array("0123456789abcdef".utf8)

    /// Allocates nothing beyond what `bytes` itself needs: it stands on the path of every key.
    package static func appendDecimal(_ value: Int64, into bytes: inout [UInt8]) {
        var magnitude = value.magnitude
        if value < 0 { bytes.append(UInt8(ascii: "-")) }
        var digits = 1
        var rest = magnitude
        while rest >= 10 {
            rest /= 10
            digits += 1
        }
        bytes.append(contentsOf: repeatElement(UInt8(ascii: "0"), count: digits))
        var index = bytes.count - 1
        while magnitude > 0 {
            bytes[index] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: magnitude % 10)
            magnitude /= 10
            index -= 1
        }
    }

    package static func appendUUID(high: UInt64, low: UInt64, into bytes: inout [UInt8]) {
        for index in 0..<32 {
            if index == 8 || index == 12 || index == 16 || index == 20 { bytes.append(UInt8(ascii: "-")) }
            let word = index < 16 ? high : low
            bytes.append(hex[Int((word >> UInt64(60 - 4 * (index % 16))) & 0xF)])
        }
    }

    /// One part of a text or composite id. Everything but letters, digits, `-`, `_`, `.`, `@`, `+`, `=`, `,` and bytes
    /// of UTF-8 sequences is percent-escaped: separators, braces, glob characters and `%` itself can't be produced by
    /// an id, so no id can spell another entity's key.
    package static func appendEscaped(part: Int, of canonical: UnsafeRawBufferPointer, into bytes: inout [UInt8]) {
        var current = 0
        for byte in canonical {
            if byte == TextPool.partSeparator {
                current += 1
                if current > part { return }
            } else if current == part {
                if isPlain(byte) {
                    bytes.append(byte)
                } else {
                    bytes.append(UInt8(ascii: "%"))
                    bytes.append(hex[Int(byte >> 4)])
                    bytes.append(hex[Int(byte & 0xF)])
                }
            }
        }
    }

    /// Whether a text part's byte stands in keys as it is.
    package static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."),
            UInt8(ascii: "@"), UInt8(ascii: "+"), UInt8(ascii: "="), UInt8(ascii: ","), 0x80...0xFF:
            true
        default: false
        }
    }
}
