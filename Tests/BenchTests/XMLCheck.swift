/// Every element is closed where it must be.
enum XMLCheck {
    struct Unbalanced: Error {}

    static func check(_ text: String) throws {
        var open: [Substring] = []
        for piece in text.split(separator: "<").map({ $0.prefix { $0 != ">" } }) {
            let name = piece.prefix { !" /".contains($0) }
            if piece.hasPrefix("/") {
                guard open.popLast() == piece.dropFirst() else { throw Unbalanced() }
            } else if !piece.hasSuffix("/") {
                open.append(name)
            }
        }
        guard open.isEmpty else { throw Unbalanced() }
    }
}
