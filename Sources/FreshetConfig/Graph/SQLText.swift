/// As much of SQL as is needed to see a statement's parameters without a database.
struct SQLText {
    /// The numbers of the `$n` outside quotes and comments.
    private(set) var parameters: Set<Int> = []
    /// The first word, in lower case.
    private(set) var firstWord = ""
    /// There is something behind a semicolon.
    private(set) var hasSecondStatement = false
    /// Without the semicolon and what is behind it, so that it can stand in another statement.
    private(set) var statement: String

    private var bytes: ArraySlice<UInt8>
    private var hasEnded = false

    init(_ sql: String) {
        let all = Array(sql.utf8)
        bytes = all[...]
        statement = sql
        while let byte = bytes.first {
            if byte == UInt8(ascii: ";"), !hasEnded {
                statement = String(decoding: all[..<bytes.startIndex], as: UTF8.self)
            }
            scan(byte)
        }
    }

    private mutating func scan(_ byte: UInt8) {
        switch byte {
        case UInt8(ascii: "'"), UInt8(ascii: "\""):
            note()
            skip(quote: byte)
        case UInt8(ascii: "-") where bytes.dropFirst().first == UInt8(ascii: "-"):
            bytes = bytes.drop { $0 != UInt8(ascii: "\n") }
        case UInt8(ascii: "/") where bytes.dropFirst().first == UInt8(ascii: "*"):
            skipComment()
        case UInt8(ascii: "$"):
            note()
            parameterOrDollarQuote()
        case UInt8(ascii: ";"):
            hasEnded = true
            bytes.removeFirst()
        case UInt8(ascii: " "), UInt8(ascii: "\n"), UInt8(ascii: "\r"), UInt8(ascii: "\t"), UInt8(ascii: "("):
            bytes.removeFirst()
        default:
            note()
            word()
        }
    }

    private mutating func note() { if hasEnded { hasSecondStatement = true } }

    private mutating func word() {
        let word = bytes.prefix(while: isWord)
        if firstWord.isEmpty { firstWord = String(decoding: word, as: UTF8.self).lowercased() }
        bytes = bytes.dropFirst(max(1, word.count))
    }

    private func isWord(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x5F, 0x80...0xFF, 0x24: true
        default: false
        }
    }

    /// A doubled quote inside is two quoted texts side by side, which comes to the same.
    private mutating func skip(quote: UInt8) {
        bytes = bytes.dropFirst().drop { $0 != quote }.dropFirst()
    }

    private mutating func skipComment() {
        var depth = 0
        while let byte = bytes.popFirst() {
            let pair = (byte, bytes.first)
            if pair == (UInt8(ascii: "/"), UInt8(ascii: "*")) {
                depth += 1
                bytes.removeFirst()
            } else if pair == (UInt8(ascii: "*"), UInt8(ascii: "/")) {
                depth -= 1
                bytes.removeFirst()
                if depth == 0 { return }
            }
        }
    }

    private mutating func parameterOrDollarQuote() {
        let rest = bytes.dropFirst()
        let digits = rest.prefix { $0 >= 0x30 && $0 <= 0x39 }
        if !digits.isEmpty {
            parameters.insert(Int(String(decoding: digits.prefix(9), as: UTF8.self)) ?? 0)
            bytes = rest.dropFirst(digits.count)
            return
        }
        let tag = rest.prefix { isWord($0) && $0 != 0x24 }
        guard rest.dropFirst(tag.count).first == UInt8(ascii: "$") else {
            bytes = rest
            return
        }
        let quote = bytes.prefix(tag.count + 2)
        bytes = bytes.dropFirst(quote.count)
        while !bytes.isEmpty, !bytes.starts(with: quote) { bytes.removeFirst() }
        bytes = bytes.dropFirst(quote.count)
    }
}
