/// A field's value: typed, so that JSON keeps its type.
package enum LogValue: Hashable, Sendable {
    case string(String)
    case int(Int64)
    case double(Double)
    case bool(Bool)
    /// Nanoseconds; written as milliseconds.
    case duration(UInt64)
    case strings([String])

    package static func int(_ value: Int) -> LogValue { .int(Int64(value)) }
    package static func describing(_ value: some CustomStringConvertible) -> LogValue { .string(value.description) }

    func append(json text: inout String) {
        switch self {
        case .string(let value): JSONText.append(string: value, to: &text)
        case .int(let value): text += String(value)
        case .double(let value): text += value.isFinite ? String(value) : "null"
        case .bool(let value): text += value ? "true" : "false"
        case .duration(let value): text += Self.milliseconds(value)
        case .strings(let values):
            text += "["
            for (index, value) in values.enumerated() {
                if index > 0 { text += "," }
                JSONText.append(string: value, to: &text)
            }
            text += "]"
        }
    }

    /// Quoted only where needed to see where it ends.
    func append(plain text: inout String) {
        switch self {
        case .string(let value):
            let isPlain =
                !value.isEmpty && value.unicodeScalars.allSatisfy { $0.value > 0x20 && $0 != "\"" && $0 != "=" }
            if isPlain { text += value } else { JSONText.append(string: value, to: &text) }
        case .duration(let value): text += Self.milliseconds(value) + "ms"
        case .strings(let values): LogValue.string(values.joined(separator: ",")).append(plain: &text)
        case .int, .double, .bool: append(json: &text)
        }
    }

    /// With three digits after the point.
    private static func milliseconds(_ nanoseconds: UInt64) -> String {
        let micro = (nanoseconds + 500) / 1000
        let rest = String(micro % 1000)
        return "\(micro / 1000)." + String(repeating: "0", count: 3 - rest.count) + rest
    }
}

extension LogValue: ExpressibleByStringInterpolation, ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral,
    ExpressibleByBooleanLiteral, ExpressibleByArrayLiteral
{
    package init(stringLiteral value: String) { self = .string(value) }
    package init(integerLiteral value: Int64) { self = .int(value) }
    package init(floatLiteral value: Double) { self = .double(value) }
    package init(booleanLiteral value: Bool) { self = .bool(value) }
    package init(arrayLiteral elements: String...) { self = .strings(elements) }
}
