/// What to say about a name that no setting has.
enum SettingNames {
    /// The nearest name in the same section; else a setting of that name elsewhere; else what there is.
    static func advice(_ key: String, in section: String) -> String {
        let prefix = section.isEmpty ? "" : "\(section)."
        let siblings = names(in: section)
        if SettingTable.byPath[prefix + key] != nil {
            let parts = key.split(separator: ".")
            return "write it nested: `\(parts.dropLast().map { "\($0):" }.joined(separator: " "))` "
                + "and below it `\(parts.last ?? "")`"
        }
        if let near = NearestName.of(key, among: siblings) { return "did you mean `\(prefix)\(near)`?" }
        let elsewhere = SettingTable.all.filter { $0.name == key && $0.section != section }.map { "`\($0.path)`" }
        if !elsewhere.isEmpty { return "did you mean \(elsewhere.prefix(3).joined(separator: " or "))?" }
        return "known here are " + siblings.map { "`\($0)`" }.joined(separator: ", ")
    }

    /// Settings and sections that stand directly in a section, in the order of the table.
    static func names(in section: String) -> [String] {
        let prefix = section.isEmpty ? "" : "\(section)."
        var seen: Set<String> = []
        return SettingTable.all.compactMap { spec in
            guard spec.path.hasPrefix(prefix) else { return nil }
            let name = String(spec.path.dropFirst(prefix.count).prefix { $0 != "." })
            return seen.insert(name).inserted ? name : nil
        } + (section == "offsets" ? ["topics"] : [])
    }
}
