/// The tree of a settings file → values by path.
struct SettingsFileReader {
    private let file: String
    private let folder: String?
    private var given = GivenSettings()

    /// Top-level names of a graph file, which people hand over in the place of the settings.
    private static let graphNames: Set<String> = ["freshet", "namespace", "bounds", "topics", "kinds", "edges"]

    static func read(_ root: YAMLNode, file: String, folder: String?) -> GivenSettings {
        var reader = SettingsFileReader(file: file, folder: folder)
        reader.section("", root)
        return reader.given
    }

    private init(file: String, folder: String?) {
        self.file = file
        self.folder = folder
    }

    private func place(_ line: Int) -> SettingPlace { SettingPlace(file: file, line: line, folder: folder) }

    private mutating func section(_ path: String, _ node: YAMLNode) {
        for member in members(path, node) {
            let inner = path.isEmpty ? member.key : "\(path).\(member.key)"
            if member.key.contains(".") {
                unknown(member.key, in: path, line: member.keyLine)
            } else if inner == SettingTable.topicsSection {
                topics(member.value)
            } else if SettingTable.sections.contains(inner) {
                section(inner, member.value)
            } else if let spec = SettingTable.byPath[inner] {
                value(spec.form, inner, member.value).map { given.values[inner] = $0 }
            } else {
                unknown(member.key, in: path, line: member.keyLine)
            }
        }
    }

    /// A section in which everything is commented out is null, and fine.
    private mutating func members(
        _ path: String, _ node: YAMLNode
    ) -> [(key: String, keyLine: Int, value: YAMLNode)] {
        switch node.content {
        case .mapping(let members): return members
        case .null: return []
        case .scalar, .sequence:
            given.add(place(node.line), path, "holds settings, not a value", "write `name: value` below it, indented")
            return []
        }
    }

    private mutating func topics(_ node: YAMLNode) {
        for topic in members(SettingTable.topicsSection, node) {
            let path = "\(SettingTable.topicsSection).\(topic.key)"
            for member in members(path, topic.value) {
                guard let spec = SettingTable.byPath["offsets.\(member.key)"] else {
                    let names = SettingTable.offsets.map(\.name)
                    given.add(
                        place(member.keyLine), "\(path).\(member.key)", "is not a setting",
                        NearestName.advice(member.key, among: names))
                    continue
                }
                if let value = value(spec.form, "\(path).\(member.key)", member.value) {
                    given.perTopic.append((topic.key, member.key, value))
                }
            }
        }
    }

    private mutating func value(_ form: SettingForm, _ path: String, _ node: YAMLNode) -> GivenSettings.Given? {
        let place = place(node.line)
        switch (form, node.content) {
        case (.map, .mapping(let members)):
            let pairs = members.compactMap { member -> (name: String, value: String)? in
                if case .scalar(let text, _) = member.value.content { return (member.key, text) }
                given.add(self.place(member.keyLine), "\(path).\(member.key)", "has no value", "write one value")
                return nil
            }
            return .init(text: "", map: pairs, place: place)
        case (.map, .null): return .init(text: "", place: place)
        case (.map, _):
            given.add(place, path, "holds names and values", "write `name: value` below it, indented")
        case (_, .scalar(let text, _)):
            return .init(text: text, place: place)
        case (.addresses, .sequence(let items)):
            let texts = items.compactMap { item in
                if case .scalar(let text, _) = item.content { text } else { nil }
            }
            if texts.count == items.count, !texts.isEmpty {
                return .init(text: texts.joined(separator: ","), place: place)
            }
            given.add(place, path, "is not a list of addresses", "write HOST:PORT in each line")
        case (_, .null):
            given.add(place, path, "has no value", "write one, or remove the line")
        case (_, .sequence): given.add(place, path, "is a list", "write one value")
        case (_, .mapping): given.add(place, path, "holds more settings", "write one value")
        }
        return nil
    }

    private mutating func unknown(_ key: String, in section: String, line: Int) {
        let path = section.isEmpty ? key : "\(section).\(key)"
        if section.isEmpty, Self.graphNames.contains(key) {
            given.add(
                place(line), path, "belongs into a graph file", "name that file here: `graph: FILE`")
            return
        }
        given.add(place(line), path, "is not a setting", SettingNames.advice(key, in: section))
    }
}
