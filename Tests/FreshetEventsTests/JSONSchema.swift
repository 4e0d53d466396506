import Foundation

/// The part of JSON Schema 2020-12 that the schemas of the events use. A keyword that it doesn't know is a complaint,
/// so that no schema says more than is checked.
struct JSONSchema {
    let root: [String: Any]

    private static let notes: Set<String> = ["$schema", "title", "description", "$defs"]

    /// What is wrong with `value`; empty where it is valid.
    func complaints(_ value: Any) -> [String] { check(value, root, "$") }

    private func check(_ value: Any, _ schema: [String: Any], _ path: String) -> [String] {
        schema.sorted { $0.key < $1.key }.flatMap { keyword, argument in
            Self.notes.contains(keyword) ? [] : check(value, keyword, argument, schema, path)
        }
    }

    private func check(
        _ value: Any, _ keyword: String, _ argument: Any, _ schema: [String: Any], _ path: String
    ) -> [String] {
        func fail(_ isFine: Bool) -> [String] { isFine ? [] : ["\(path): \(keyword)"] }
        let object = value as? [String: Any]
        let alternatives = (argument as? [[String: Any]] ?? []).map { check(value, $0, path).isEmpty }
        switch keyword {
        case "type": return fail(Self.type(value) == argument as? String)
        case "enum": return fail((argument as? [Any] ?? []).contains { Self.equal($0, value) })
        case "const": return fail(Self.equal(argument, value))
        case "minLength": return fail((value as? String).map { $0.count >= argument as? Int ?? 0 } ?? true)
        case "minimum":
            return fail((value as? NSNumber).map { $0.compare(number(argument)) != .orderedAscending } ?? true)
        case "maximum":
            return fail((value as? NSNumber).map { $0.compare(number(argument)) != .orderedDescending } ?? true)
        case "pattern":
            guard let text = value as? String, let pattern = argument as? String else { return [] }
            return fail(text.range(of: pattern, options: .regularExpression) != nil)
        case "required": return fail((argument as? [String] ?? []).allSatisfy { object?[$0] != nil })
        case "properties":
            return (argument as? [String: [String: Any]] ?? [:]).sorted { $0.key < $1.key }.flatMap { name, inner in
                object?[name].map { check($0, inner, "\(path).\(name)") } ?? []
            }
        case "additionalProperties":
            let known = Set((schema["properties"] as? [String: Any] ?? [:]).keys)
            return fail(argument as? Bool == true || object.map { Set($0.keys).isSubset(of: known) } ?? true)
        case "anyOf": return fail(alternatives.contains(true))
        case "oneOf": return fail(alternatives.count { $0 } == 1)
        case "$ref":
            guard let name = (argument as? String)?.split(separator: "/").last,
                let target = (root["$defs"] as? [String: Any])?[String(name)] as? [String: Any]
            else { return ["\(path): $ref to nothing"] }
            return check(value, target, path)
        default: return ["\(path): unknown keyword \(keyword)"]
        }
    }

    private func number(_ argument: Any) -> NSNumber { argument as? NSNumber ?? 0 }

    private static func type(_ value: Any) -> String {
        switch value {
        case is NSNull: "null"
        case is String: "string"
        case is [String: Any]: "object"
        case is [Any]: "array"
        case let number as NSNumber:
            switch CFType(number) {
            case .boolean: "boolean"
            case .whole: "integer"
            case .other: "number"
            }
        default: "unknown"
        }
    }

    private enum CFType {
        case boolean
        case whole
        case other

        init(_ number: NSNumber) {
            switch String(cString: number.objCType) {
            case "c", "B": self = .boolean
            case "d", "f": self = .other
            default: self = .whole
            }
        }
    }

    private static func equal(_ one: Any, _ other: Any) -> Bool {
        type(one) == type(other) && "\(one)" == "\(other)"
    }
}
