/// Text → value, or what is wrong with it.
enum SettingParser {
    struct Complaint: Error {
        var wrong: String
        var right: String
    }

    static func parse(_ text: String, as form: SettingForm) throws(Complaint) -> SettingValue {
        if text.isEmpty { throw Complaint(wrong: "is empty", right: "write a value, or leave the setting out") }
        if text.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7f }) {
            throw Complaint(wrong: "has a control character in it", right: "write it in one line")
        }
        switch form {
        case .text, .file, .secretFile: return .text(text)
        case .addresses: return .text(try addresses(text))
        case .secret: return .secret(Secret(text))
        case .url, .map: return .text(text)
        case .boolean: return .boolean(try boolean(text))
        case .integer(let range): return .integer(try integer(text, range))
        case .duration(let range): return .integer(try duration(text, range))
        case .size(let range): return .integer(try size(text, range))
        case .percent:
            guard let value = Units.percent(text) else {
                let isBare = text.allSatisfy { $0.isNumber || $0 == "." }
                throw Complaint(
                    wrong: isBare ? "`\(text)` has no unit" : "`\(text)` is not a percentage", right: Units.percentForm)
            }
            return .integer(value)
        case .choice(let names):
            if names.contains(text) { return .text(text) }
            throw Complaint(wrong: "`\(text)` is not one of its values", right: NearestName.advice(text, among: names))
        }
    }

    private static func boolean(_ text: String) throws(Complaint) -> Bool {
        switch text.lowercased() {
        case "true", "yes", "on": return true
        case "false", "no", "off": return false
        default: throw Complaint(wrong: "`\(text)` is neither true nor false", right: "write `true` or `false`")
        }
    }

    /// Decimal digits only: what `010`, `0x10` or `1_000` mean is not guessed.
    private static func integer(_ text: String, _ range: ClosedRange<Int>) throws(Complaint) -> Int {
        let right = "write a number from \(range.lowerBound) to \(range.upperBound)"
        guard isNumber(text), text == "0" || !text.hasPrefix("0") else {
            throw Complaint(wrong: "`\(text)` is not a whole number", right: right)
        }
        guard let value = Int(text), range.contains(value) else {
            throw Complaint(wrong: "`\(text)` is out of range", right: right)
        }
        return value
    }

    private static func duration(_ text: String, _ range: ClosedRange<Int>) throws(Complaint) -> Int {
        guard let value = Units.duration(text) else {
            throw Complaint(
                wrong: isNumber(text) ? "`\(text)` has no unit" : "`\(text)` is not a duration",
                right: Units.durationForm)
        }
        guard range.contains(Int(value)) else {
            throw Complaint(
                wrong: "`\(text)` is too \(Int(value) < range.lowerBound ? "short" : "long")",
                right: "write a duration from \(Units.write(duration: Int64(range.lowerBound))) to "
                    + Units.write(duration: Int64(range.upperBound)))
        }
        return Int(value)
    }

    private static func size(_ text: String, _ range: ClosedRange<Int>) throws(Complaint) -> Int {
        guard let value = Units.size(text) else {
            throw Complaint(
                wrong: isNumber(text) ? "`\(text)` has no unit" : "`\(text)` is not a size", right: Units.sizeForm)
        }
        guard range.contains(value) else {
            throw Complaint(
                wrong: "`\(text)` is too \(value < range.lowerBound ? "small" : "large")",
                right: "write a size from \(Units.write(size: range.lowerBound)) to "
                    + Units.write(size: range.upperBound))
        }
        return value
    }

    private static func addresses(_ text: String) throws(Complaint) -> String {
        let right = "write HOST:PORT, several separated by commas"
        var result: [Substring] = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            let address = part.drop { $0 == " " }
            guard let colon = address.lastIndex(of: ":") else {
                throw Complaint(wrong: "`\(address)` has no port", right: right)
            }
            let port = address[address.index(after: colon)...]
            guard colon > address.startIndex, isNumber(String(port)), (1...65_535).contains(Int(port) ?? 0) else {
                throw Complaint(wrong: "`\(address)` is not an address", right: right)
            }
            result.append(address)
        }
        return result.joined(separator: ",")
    }

    private static func isNumber(_ text: String) -> Bool { text.utf8.allSatisfy { $0 >= 0x30 && $0 <= 0x39 } }
}
