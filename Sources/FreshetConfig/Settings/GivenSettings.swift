/// What file and environment say, not yet understood.
struct GivenSettings {
    struct Given {
        /// Empty for a map.
        var text: String
        var map: [(name: String, value: String)] = []
        var place: SettingPlace
    }

    /// By the setting's path.
    var values: [String: Given] = [:]
    /// Topic → the settings of `offsets` that hold for it alone, by name.
    var perTopic: [(topic: String, name: String, given: Given)] = []
    var problems: [ConfigProblem] = []

    mutating func add(_ place: SettingPlace, _ setting: String, _ wrong: String, _ right: String) {
        problems.append(
            ConfigProblem(file: place.file, line: place.line, setting: setting, wrong: wrong, right: right))
    }
}

/// Where a value stands.
struct SettingPlace {
    /// The file, or the variable.
    var file: String
    var line: Int?
    /// Relative paths start here; nil: at the current folder.
    var folder: String?

    var origin: SettingOrigin { line.map { .file(file, line: $0) } ?? .variable(file) }
    var isVariable: Bool { line == nil }
}
