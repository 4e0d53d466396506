/// What names may look like.
enum NameRule {
    /// Kinds, edges: they stand in metrics, logs and on the command line before a colon.
    static func isName(_ text: String) -> Bool {
        (1...64).contains(text.utf8.count) && text.utf8.allSatisfy { isWord($0) || $0 == 0x2D || $0 == 0x2E }
            && text.utf8.first.map { $0 != 0x2D && $0 != 0x2E } == true
    }

    /// Parts of an id: they are column names that need no quotes.
    static func isColumn(_ text: String) -> Bool {
        (1...63).contains(text.utf8.count)
            && text.utf8.allSatisfy { isWord($0) && !($0 >= 0x41 && $0 <= 0x5A) }
            && text.utf8.first.map { $0 < 0x30 || $0 > 0x39 } == true
    }

    /// Kafka's rule.
    static func isTopic(_ text: String) -> Bool {
        (1...249).contains(text.utf8.count) && text != "." && text != ".."
            && text.utf8.allSatisfy { isWord($0) || $0 == 0x2D || $0 == 0x2E }
    }

    private static func isWord(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x5F: true
        default: false
        }
    }
}
