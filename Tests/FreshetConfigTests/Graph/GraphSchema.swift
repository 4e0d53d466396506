import Foundation
import FreshetConfig

/// As much of JSON Schema as `graph.schema.json` uses, over YAML: a plain scalar may be a number or a boolean as well
/// as a text. A keyword that it doesn't know is a complaint.
struct GraphSchema {
    let root: [String: Any]

    private static let notes: Set<String> = ["$schema", "$id", "title", "description", "default", "$defs"]

    func complaints(_ node: YAMLNode) -> [String] { check(node, root, "$") }

    private func check(_ node: YAMLNode, _ schema: [String: Any], _ path: String) -> [String] {
        schema.sorted { $0.key < $1.key }.flatMap { keyword, argument -> [String] in
            if Self.notes.contains(keyword) { return [] }
            let inner = inner(node, keyword, argument, schema, path)
            return inner ?? (holds(node, keyword, argument, path) ? [] : ["\(path): \(keyword)"])
        }
    }

    /// Keywords that look further down; nil for the others.
    private func inner(
        _ node: YAMLNode, _ keyword: String, _ argument: Any, _ schema: [String: Any], _ path: String
    ) -> [String]? {
        let members = node.members
        switch keyword {
        case "properties":
            let known = argument as? [String: [String: Any]] ?? [:]
            return members.flatMap { name, value in known[name].map { check(value, $0, "\(path).\(name)") } ?? [] }
        case "additionalProperties":
            let known = (schema["properties"] as? [String: Any] ?? [:]).keys
            let others = members.filter { !known.contains($0.0) }
            guard let schema = argument as? [String: Any] else { return others.map { "\(path): unknown \($0.0)" } }
            return others.flatMap { check($0.1, schema, "\(path).\($0.0)") }
        case "propertyNames":
            return members.flatMap { name, _ in
                check(
                    YAMLNode(content: .scalar(name, plain: true), line: 1, column: 1),
                    argument as? [String: Any] ?? [:],
                    "\(path).\(name)")
            }
        case "items":
            guard case .sequence(let items) = node.content else { return [] }
            return items.enumerated().flatMap { check($1, argument as? [String: Any] ?? [:], "\(path)[\($0)]") }
        case "allOf": return (argument as? [[String: Any]] ?? []).flatMap { check(node, $0, path) }
        case "$ref":
            let name = (argument as? String ?? "").split(separator: "/").last.map(String.init) ?? ""
            guard let target = (root["$defs"] as? [String: Any])?[name] as? [String: Any] else {
                return ["\(path): $ref to nothing"]
            }
            return check(node, target, path)
        default: return nil
        }
    }

    private func holds(_ node: YAMLNode, _ keyword: String, _ argument: Any, _ path: String) -> Bool {
        let text = node.text
        let number = argument as? Int ?? 0
        switch keyword {
        case "type": return node.types.contains(argument as? String ?? "")
        case "enum": return (argument as? [Any] ?? []).contains { "\($0)" == text }
        case "const": return argument as? Bool == true ? text == "true" : text == argument as? String
        case "minLength": return text.map { $0.count >= number } ?? true
        case "maxLength": return text.map { $0.count <= number } ?? true
        case "minimum": return text.flatMap { Int($0) }.map { $0 >= number } ?? true
        case "maximum": return text.flatMap { Int($0) }.map { $0 <= number } ?? true
        case "pattern":
            return text.map { $0.range(of: argument as? String ?? "", options: .regularExpression) != nil } ?? true
        case "required":
            return (argument as? [String] ?? []).allSatisfy { name in node.members.contains { $0.0 == name } }
        case "minProperties", "minItems": return node.types.contains("string") || node.count >= number
        case "maxProperties", "maxItems": return node.count <= number
        case "oneOf": return (argument as? [[String: Any]] ?? []).count { check(node, $0, path).isEmpty } == 1
        case "not": return !check(node, argument as? [String: Any] ?? [:], path).isEmpty
        default: return false
        }
    }
}

extension YAMLNode {
    fileprivate var text: String? { if case .scalar(let text, _) = content { text } else { nil } }

    fileprivate var members: [(String, YAMLNode)] {
        if case .mapping(let members) = content { members.map { ($0.key, $0.value) } } else { [] }
    }

    fileprivate var count: Int {
        switch content {
        case .mapping(let members): members.count
        case .sequence(let items): items.count
        case .scalar, .null: 0
        }
    }

    fileprivate var types: Set<String> {
        switch content {
        case .mapping: return ["object"]
        case .sequence: return ["array"]
        case .null: return ["null"]
        case .scalar(let text, let plain):
            if plain, Int(text) != nil { return ["integer", "string"] }
            return plain && ["true", "false"].contains(text) ? ["boolean", "string"] : ["string"]
        }
    }
}
