/// Changes bytes a little, reproducibly (SplitMix64).
struct Mutator {
    private var state: UInt64
    private static let words = [
        "null", "true", "{}", "[]", "{", "}", "[", "]", ",", ":", "\"", "\\", "\\u", "\\ud83d", "-", "0",
        "9223372036854775808",
        "99999999999999999999", "1e999", "NaN", "\u{0}", "\"op\":", "\"op\":\"d\"", "\"id\":", "\"payload\":{",
        "[[[[[[[[[[[[[[[[",
        "\u{FEFF}", "😀", " ", "\n", "x",
    ].map { Array($0.utf8) }

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ value >> 30) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ value >> 27) &* 0x94D0_49BB_1331_11EB
        return value ^ value >> 31
    }

    mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(max(1, bound))) }

    mutating func mutate(_ bytes: inout [UInt8]?) {
        guard var text = bytes else {
            if below(8) == 0 { bytes = Self.words[below(Self.words.count)] }
            return
        }
        if below(64) == 0 {
            bytes = nil
            return
        }
        for _ in 0..<below(4) { step(&text) }
        bytes = text
    }

    private mutating func step(_ text: inout [UInt8]) {
        let at = below(text.count + 1)
        let length = min(below(12), text.count - at)
        switch below(8) {
        case 0 where at < text.count: text[at] ^= 1 << UInt8(below(8))
        case 1 where at < text.count: text[at] = UInt8(below(256))
        case 2: text.removeLast(text.count - at)
        case 3: text.removeSubrange(at..<at + length)
        case 4: text.insert(contentsOf: Self.words[below(Self.words.count)], at: at)
        case 5: text.replaceSubrange(at..<at + length, with: Self.words[below(Self.words.count)])
        case 6: text.insert(contentsOf: Array(text[at..<at + length]), at: below(text.count + 1))
        default:
            // Another digit for a digit: stays JSON, mostly.
            if at < text.count, 0x30...0x39 ~= text[at] { text[at] = 0x30 + UInt8(below(10)) }
        }
    }
}
