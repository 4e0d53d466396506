/// Redis' glob patterns, as far as the product makes them: `*`, `?` and `\` before a plain character.
enum Glob {
    static func matches(_ text: ArraySlice<UInt8>, _ pattern: ArraySlice<UInt8>) -> Bool {
        var text = text
        var pattern = pattern
        // Where the last star stood, and what it has not swallowed yet: no recursion, no blow-up.
        var star: (pattern: ArraySlice<UInt8>, text: ArraySlice<UInt8>)?
        while let first = text.first {
            if pattern.first == UInt8(ascii: "*") {
                pattern = pattern.dropFirst()
                star = (pattern, text)
                continue
            }
            let isEscaped = pattern.first == UInt8(ascii: "\\") && pattern.count > 1
            let wanted = isEscaped ? pattern.dropFirst().first : pattern.first
            if wanted == first || (wanted == UInt8(ascii: "?") && !isEscaped) {
                pattern = pattern.dropFirst(isEscaped ? 2 : 1)
                text = text.dropFirst()
            } else if let back = star {
                pattern = back.pattern
                text = back.text.dropFirst()
                star = (pattern, text)
            } else {
                return false
            }
        }
        return pattern.allSatisfy { $0 == UInt8(ascii: "*") }
    }
}
