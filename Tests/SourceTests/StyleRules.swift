/// What the text of a source must keep to. Pure: text in, complaints out.
enum StyleRules {
    static let fileLines = 350
    static let functionLines = 80
    static let columns = 120

    static func violations(in file: SourceFile) -> [String] {
        var found: [String] = []
        if file.lines.count > fileLines {
            found.append("\(file.path): \(file.lines.count) lines (at most \(fileLines))")
        }
        for (index, line) in file.lines.enumerated() {
            let place = "\(file.path):\(index + 1)"
            if line.count > columns { found.append("\(place): \(line.count) columns (at most \(columns))") }
            found += words(line).map { "\(place): \($0)" }
        }
        return found + longFunctions(in: file)
    }

    /// For what ships: what could end the process, and promises that the compiler can't check.
    static func dangers(in file: SourceFile) -> [String] {
        var found: [String] = []
        for (index, line) in file.lines.enumerated() {
            let code = withoutStringsAndComment(line)
            let place = "\(file.path):\(index + 1)"
            for word in ["try!", "as!", "fatalError(", "preconditionFailure("] where code.contains(word) {
                if !hasReason(file.lines, index) { found.append("\(place): `\(word)` without a reason in a comment") }
            }
            for word in ["@unchecked Sendable", "Unmanaged", "nonisolated(unsafe)"] where code.contains(word) {
                if !hasReason(file.lines, index) { found.append("\(place): `\(word)` without saying why it holds") }
            }
        }
        return found
    }

    private static func words(_ line: String) -> [String] {
        var found: [String] = []
        // In pieces, so that this file keeps to its own rule.
        for mark in ["TO" + "DO", "FIX" + "ME", "XX" + "X"] where hasWord(mark, in: line) {
            found.append("`\(mark)`: do it now or leave it")
        }
        for path in ["/wo" + "rk/", "/ho" + "me/", "/ro" + "ot/", "/Us" + "ers/"] where line.contains(path) {
            found.append("a path of one machine: \(path)")
        }
        if line.contains("../sha" + "red") { found.append("a path outside the package") }
        return found
    }

    private static func hasWord(_ word: String, in line: String) -> Bool {
        line.split(whereSeparator: { !$0.isLetter }).contains(Substring(word))
    }

    /// A comment on the line itself, on the lines right above it, or right under the line that opens the declaration.
    private static func hasReason(_ lines: [String], _ index: Int) -> Bool {
        if lines[index].contains("//") { return true }
        var above = index - 1
        while above >= 0, lines[above].trimmed.hasPrefix("@") { above -= 1 }
        if above >= 0, lines[above].trimmed.hasPrefix("//") { return true }
        return lines[index].hasSuffix("{") && index + 1 < lines.count && lines[index + 1].trimmed.hasPrefix("//")
    }

    /// By indentation, which the formatter keeps: from the line with `func` or `init` to the closing brace below it.
    static func longFunctions(in file: SourceFile) -> [String] {
        var found: [String] = []
        for (start, line) in file.lines.enumerated() where isFunction(line) {
            let margin = line.prefix { $0 == " " }
            let closing = margin + "}"
            guard
                let end = file.lines[(start + 1)...].firstIndex(where: {
                    $0.hasPrefix(closing) || isEndOfScope($0, margin)
                }),
                file.lines[end].hasPrefix(closing)
            else { continue }
            let length = end - start + 1
            if length > functionLines {
                found.append("\(file.path):\(start + 1): a function of \(length) lines (at most \(functionLines))")
            }
        }
        return found
    }

    private static func isFunction(_ line: String) -> Bool {
        let code = withoutStringsAndComment(line)
        guard !line.trimmed.hasPrefix("//"), !code.contains("}") else { return false }
        return code.split(separator: " ").contains { $0 == "func" || $0.hasPrefix("init(") || $0.hasPrefix("init<") }
    }

    /// A line with less indentation: the function was a requirement without a body.
    private static func isEndOfScope(_ line: String, _ margin: Substring) -> Bool {
        !line.isEmpty && !line.hasPrefix(margin)
    }

    static func withoutStringsAndComment(_ line: String) -> String {
        var code = ""
        var inString = false
        var previous: Character = " "
        for character in line {
            if character == "\"", previous != "\\" { inString.toggle() }
            if !inString, character == "/", previous == "/" { return String(code.dropLast()) }
            if !inString { code.append(character) }
            previous = character
        }
        return code
    }
}

extension String {
    var trimmed: Substring { drop { $0 == " " || $0 == "\t" } }
}
