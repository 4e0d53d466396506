/// `FRESHET_*` variables → values by path. One that no setting has is an error; an empty one counts as not set.
enum SettingsEnvironmentReader {
    static func read(_ environment: [String: String]) -> GivenSettings {
        var given = GivenSettings()
        let specs = [String: SettingSpec](SettingTable.all.map { ($0.variable, $0) }) { first, _ in first }
        for (name, text) in environment.sorted(by: { $0.key < $1.key }) {
            guard name.hasPrefix(SettingTable.variablePrefix), !isOther(name), !text.isEmpty else { continue }
            let place = SettingPlace(file: name, line: nil, folder: nil)
            guard let spec = specs[name] else {
                given.add(place, "", "is not a variable that freshet knows", advice(name))
                continue
            }
            guard spec.override != nil else {
                given.add(place, spec.path, "can't be set by a variable", "write it in the file")
                continue
            }
            given.values[spec.path] = .init(text: text, place: place)
        }
        return given
    }

    private static func isOther(_ name: String) -> Bool {
        SettingTable.otherVariables.contains { $0.hasSuffix("_") ? name.hasPrefix($0) : name == $0 }
    }

    private static func advice(_ name: String) -> String {
        let known = SettingTable.all.compactMap(\.override) + SettingTable.otherVariables.filter { !$0.hasSuffix("_") }
        // The prefix is the same in all of them and must not make a bad guess look near.
        let prefix = SettingTable.variablePrefix.count
        let near = NearestName.of(String(name.dropFirst(prefix)), among: known.map { String($0.dropFirst(prefix)) })
        return near.map { "did you mean `\(SettingTable.variablePrefix)\($0)`?" }
            ?? "`freshet config show` lists the settings; `redis.port` is FRESHET_REDIS_PORT"
    }
}
