import Telemetry

/// A JSON value whose objects keep their order, so that output can be compared as text.
package indirect enum JSON: Sendable {
    case null
    case bool(Bool)
    case int(Int64)
    case double(Double)
    case string(String)
    case array([JSON])
    case object([(String, JSON)])

    package func render(indented: Bool = false) -> String {
        var text = ""
        write(to: &text, depth: indented ? 0 : nil)
        return text
    }

    private func write(to text: inout String, depth: Int?) {
        switch self {
        case .null: text += "null"
        case .bool(let value): text += value ? "true" : "false"
        case .int(let value): text += String(value)
        case .double(let value): text += value.isFinite ? String(value) : "null"
        case .string(let value): JSONText.append(string: value, to: &text)
        case .array(let values):
            Self.write(values, "[", "]", to: &text, depth: depth) { value, text, depth in
                value.write(to: &text, depth: depth)
            }
        case .object(let members):
            Self.write(members, "{", "}", to: &text, depth: depth) { member, text, depth in
                JSONText.append(string: member.0, to: &text)
                text += depth == nil ? ":" : ": "
                member.1.write(to: &text, depth: depth)
            }
        }
    }

    private static func write<Item>(
        _ items: [Item], _ open: String, _ close: String, to text: inout String, depth: Int?,
        each: (Item, inout String, Int?) -> Void
    ) {
        text += open
        let inner = depth.map { $0 + 1 }
        for (index, item) in items.enumerated() {
            if index > 0 { text += "," }
            if let inner { text += "\n" + String(repeating: "  ", count: inner) }
            each(item, &text, inner)
        }
        if let depth, !items.isEmpty { text += "\n" + String(repeating: "  ", count: depth) }
        text += close
    }
}

extension JSON: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral,
    ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral, ExpressibleByNilLiteral
{
    package init(stringLiteral value: String) { self = .string(value) }
    package init(integerLiteral value: Int64) { self = .int(value) }
    package init(booleanLiteral value: Bool) { self = .bool(value) }
    package init(arrayLiteral elements: JSON...) { self = .array(elements) }
    package init(dictionaryLiteral elements: (String, JSON)...) { self = .object(elements) }
    package init(nilLiteral: ()) { self = .null }

    /// null where there is nothing.
    package static func string(_ value: String?) -> JSON { value.map { .string($0) } ?? .null }
    package static func int(_ value: Int64?) -> JSON { value.map { .int($0) } ?? .null }
    package static func int(_ value: Int) -> JSON { .int(Int64(value)) }
}
