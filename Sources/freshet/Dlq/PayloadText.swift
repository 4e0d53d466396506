import Foundation

/// A record's value as people read it: JSON indented with every token as it came, other text as it is, bytes as digits.
enum PayloadText {
    /// Bytes that are shown.
    static let limit = 65_536

    static func render(_ value: [UInt8]?) -> String {
        guard let value else { return "null (a tombstone: a delete)" }
        if value.isEmpty { return "(no bytes)" }
        guard let text = DlqText.text(Array(value)) else { return hex(value) }
        if value.count <= limit, isJSON(value) { return indent(text) }
        return value.count <= limit ? text : "\(text.prefix(limit))…\n(\(value.count) bytes in all)"
    }

    private static func isJSON(_ bytes: [UInt8]) -> Bool {
        guard let first = bytes.first(where: { ![0x20, 0x09, 0x0a, 0x0d].contains($0) }), [0x7b, 0x5b].contains(first)
        else { return false }
        return (try? JSONSerialization.jsonObject(with: Data(bytes))) != nil
    }

    /// Of valid JSON: numbers keep their digits and members their order, which a parser would not give back.
    private static func indent(_ text: String) -> String {
        var result = ""
        var depth = 0
        var inString = false
        var isEscaped = false
        var pendingOpen: Character?
        func newLine() { result += "\n" + String(repeating: "  ", count: depth) }
        for character in text {
            if inString {
                result.append(character)
                if isEscaped {
                    isEscaped = false
                } else if character == "\\" {
                    isEscaped = true
                } else if character == "\"" {
                    inString = false
                }
                continue
            }
            if character.isWhitespace { continue }
            if pendingOpen != nil {
                pendingOpen = nil
                if character == "}" || character == "]" {
                    result.append(character)
                    continue
                }
                depth += 1
                newLine()
            }
            switch character {
            case "{", "[":
                result.append(character)
                pendingOpen = character
            case "}", "]":
                depth -= 1
                newLine()
                result.append(character)
            case ",":
                result.append(character)
                newLine()
            case ":": result += ": "
            case "\"":
                inString = true
                result.append(character)
            default: result.append(character)
            }
        }
        return result
    }

    private static func hex(_ value: [UInt8]) -> String {
        let lines = stride(from: 0, to: min(value.count, 4_096), by: 16).map { start in
            let row = value[start..<min(start + 16, value.count)]
            let text = row.map { (0x20..<0x7f).contains($0) ? String(UnicodeScalar($0)) : "." }.joined()
            let digits = row.map { DlqText.hex([$0]).dropFirst(2) }.joined(separator: " ")
            let offset = String(start, radix: 16)
            return String(repeating: "0", count: max(0, 4 - offset.count)) + offset + "  "
                + digits.padding(toLength: 48, withPad: " ", startingAt: 0) + " " + text
        }
        let more = value.count > 4_096 ? ["… (\(value.count) bytes in all)"] : []
        return (lines + more).joined(separator: "\n")
    }
}
