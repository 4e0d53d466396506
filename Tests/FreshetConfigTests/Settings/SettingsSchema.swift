import Foundation
import FreshetConfig

/// The JSON Schema of the settings file, for editors; made from the table.
enum SettingsSchema {
    static func render() throws -> String {
        var schema = section("")
        schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
        schema["title"] = "Settings of Freshet"
        let data = try JSONSerialization.data(
            withJSONObject: schema, options: [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes])
        return String(decoding: data, as: UTF8.self) + "\n"
    }

    private static func section(_ path: String) -> [String: Any] {
        var properties: [String: Any] = [:]
        for spec in SettingTable.all where path.isEmpty || spec.path.hasPrefix(path + ".") {
            let rest = path.isEmpty ? spec.path : String(spec.path.dropFirst(path.count + 1))
            let name = String(rest.prefix { $0 != "." })
            if properties[name] != nil { continue }
            properties[name] = name == rest ? setting(spec) : section(path.isEmpty ? name : "\(path).\(name)")
        }
        if path == "offsets" {
            let own: [String: Any] = [
                "type": "object", "additionalProperties": false, "properties": properties,
            ]
            properties["topics"] = ["type": ["object", "null"], "additionalProperties": own]
        }
        return ["type": ["object", "null"], "additionalProperties": false, "properties": properties]
    }

    private static func setting(_ spec: SettingSpec) -> [String: Any] {
        var schema = type(spec.form)
        schema["description"] = spec.doc
        if case .value(let text) = spec.fallback {
            switch spec.form {
            case .boolean: schema["default"] = text == "true"
            case .integer: schema["default"] = Int(text)
            default: schema["default"] = text
            }
        }
        return schema
    }

    private static func type(_ form: SettingForm) -> [String: Any] {
        switch form {
        case .boolean: ["type": "boolean"]
        case .integer(let range): ["type": "integer", "minimum": range.lowerBound, "maximum": range.upperBound]
        case .duration: ["type": "string", "pattern": "^[0-9]+(ms|s|m|h|d)$"]
        case .size: ["type": "string", "pattern": "^[0-9]+(B|KiB|MiB|GiB)$"]
        case .percent: ["type": "string", "pattern": "^[0-9]+(\\.[0-9])?%$"]
        case .choice(let names): ["enum": names]
        case .addresses: ["type": ["string", "array"], "items": ["type": "string"]]
        case .map: ["type": ["object", "null"], "additionalProperties": ["type": ["string", "number", "boolean"]]]
        case .url: ["type": "string", "pattern": "^postgres(ql)?://"]
        case .text, .file, .secret, .secretFile: ["type": ["string", "number"]]
        }
    }
}
