/// Texts of headers have a bound.
enum LetterText {
    /// Bytes.
    static let limit = 1_000

    /// At most `limit` bytes, cut between characters.
    static func bounded(_ text: String) -> String {
        guard text.utf8.count > limit else { return text }
        var result = ""
        for scalar in text.unicodeScalars {
            if result.utf8.count + String(scalar).utf8.count > limit - 3 { break }
            result.unicodeScalars.append(scalar)
        }
        return result + "…"
    }
}
