/// A set of byte values.
struct ByteSet: Hashable, Sendable {
    private var words: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)

    static let all = ByteSet { _ in true }
    static let plain = ByteSet(KeyText.isPlain)
    static let digit = ByteSet { $0 >= 0x30 && $0 <= 0x39 }
    static let hex = ByteSet { ($0 >= 0x30 && $0 <= 0x39) || ($0 >= 0x61 && $0 <= 0x66) }

    init(_ contains: (UInt8) -> Bool) {
        for byte in UInt8.min...UInt8.max where contains(byte) { insert(byte) }
    }

    init(_ byte: UInt8) { insert(byte) }

    private mutating func insert(_ byte: UInt8) {
        let bit = UInt64(1) << UInt64(byte & 63)
        switch byte >> 6 {
        case 0: words.0 |= bit
        case 1: words.1 |= bit
        case 2: words.2 |= bit
        default: words.3 |= bit
        }
    }

    /// A byte of both sets, one that people can read if there is one.
    func common(with other: ByteSet) -> UInt8? {
        // Digits and letters first: bits 48–57 of the first word, 33–58 of the second.
        let both = (words.0 & other.words.0, words.1 & other.words.1, words.2 & other.words.2, words.3 & other.words.3)
        let digits = both.0 & 0x03FF_0000_0000_0000
        if digits != 0 { return UInt8(digits.trailingZeroBitCount) }
        let letters = both.1 & 0x07FF_FFFE_0000_0000
        if letters != 0 { return UInt8(64 + letters.trailingZeroBitCount) }
        if both.0 != 0 { return UInt8(both.0.trailingZeroBitCount) }
        if both.1 != 0 { return UInt8(64 + both.1.trailingZeroBitCount) }
        if both.2 != 0 { return UInt8(128 + both.2.trailingZeroBitCount) }
        if both.3 != 0 { return UInt8(192 + both.3.trailingZeroBitCount) }
        return nil
    }

    static func == (a: ByteSet, b: ByteSet) -> Bool { a.words == b.words }

    func hash(into hasher: inout Hasher) {
        hasher.combine(words.0)
        hasher.combine(words.1)
        hasher.combine(words.2)
        hasher.combine(words.3)
    }
}
