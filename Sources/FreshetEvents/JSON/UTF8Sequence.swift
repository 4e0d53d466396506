/// Well-formed UTF-8 (Unicode, table 3-7).
enum UTF8Sequence {
    /// Bytes of the sequence that begins at `at`; 0 where none does. `at` is below `end`.
    static func length(_ at: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>) -> Int {
        let length: Int
        var second: ClosedRange<UInt8> = 0x80...0xBF
        switch at[0] {
        case 0..<0x80: return 1
        case 0xC2...0xDF: length = 2
        case 0xE0: (length, second) = (3, 0xA0...0xBF)
        case 0xED: (length, second) = (3, 0x80...0x9F)
        case 0xE1...0xEF: length = 3
        case 0xF0: (length, second) = (4, 0x90...0xBF)
        case 0xF4: (length, second) = (4, 0x80...0x8F)
        case 0xF1...0xF3: length = 4
        default: return 0
        }
        guard end - at >= length, second.contains(at[1]) else { return 0 }
        if length > 2, at[2] & 0xC0 != 0x80 { return 0 }
        if length > 3, at[3] & 0xC0 != 0x80 { return 0 }
        return length
    }
}
