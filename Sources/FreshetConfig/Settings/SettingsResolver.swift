/// Given texts and defaults → values, with everything that is wrong.
struct SettingsResolver {
    private(set) var resolved = ResolvedSettings()
    private(set) var problems: [ConfigProblem] = []
    private(set) var warnings: [ConfigProblem] = []
    private var given: [String: GivenSettings.Given]
    private let mainFile: String

    /// `mainFile` is blamed for settings that are missing everywhere.
    init(file: GivenSettings, environment: GivenSettings, mainFile: String) {
        self.mainFile = mainFile
        problems = file.problems + environment.problems
        given = SettingsLayers.merge(file: file.values, environment: environment.values, problems: &problems)
        for spec in SettingTable.all { resolve(spec) }
        for (path, value) in SecretFiles.read(SettingTable.all, &resolved, &problems, &warnings) {
            resolved.values[path] = value
        }
        splitURL()
        for (topic, name, given) in file.perTopic {
            guard let spec = SettingTable.byPath["offsets.\(name)"] else { continue }
            let path = "\(SettingTable.topicsSection).\(topic).\(name)"
            resolved.perTopic[topic, default: [:]][name] = value(given, spec.form, path)
        }
        let checks = SettingsChecks(resolved: resolved)
        problems += checks.problems
        warnings += checks.warnings
    }

    private mutating func resolve(_ spec: SettingSpec) {
        if let given = given[spec.path] {
            resolved.values[spec.path] = value(given, spec.form, spec.path)
            return
        }
        switch spec.fallback {
        case .none: break
        case .required:
            // What was given wrongly is not missing as well.
            guard !problems.contains(where: { $0.setting == spec.path }) else { break }
            problems.append(
                ConfigProblem(
                    file: mainFile, line: nil, setting: spec.path, wrong: "is missing",
                    right: "write it in the file, or set \(spec.variable): \(spec.form.unit)"))
        case .same(let path):
            resolved.values[spec.path] = resolved.values[path].map { .init(value: $0.value, origin: .fallback) }
        case .value(let text):
            guard let value = try? SettingParser.parse(text, as: spec.form) else {
                // A mistake in the table, which is fixed text.
                preconditionFailure("the table's own default for \(spec.path) doesn't fit; a test reads them all")
            }
            resolved.values[spec.path] = .init(value: value, origin: .fallback)
        }
    }

    private mutating func value(
        _ given: GivenSettings.Given, _ form: SettingForm, _ path: String
    ) -> ResolvedSettings.Resolved? {
        if case .map = form {
            return .init(value: .map(given.map), origin: given.place.origin, place: given.place)
        }
        do throws(SettingParser.Complaint) {
            var value = try SettingParser.parse(given.text, as: form)
            switch (form, value) {
            case (.file, .text(let path)), (.secretFile, .text(let path)):
                value = .text(FilePath.join(given.place.folder, path))
            default: break
            }
            return .init(value: value, origin: given.place.origin, place: given.place)
        } catch {
            problems.append(
                ConfigProblem(
                    file: given.place.file, line: given.place.line, setting: path, wrong: error.wrong,
                    right: error.right))
            return nil
        }
    }

    /// The password of `postgres.url` becomes `postgres.password`, unless that was given by a variable.
    private mutating func splitURL() {
        guard let found = resolved.values["postgres.url"], case .text(let text) = found.value, let place = found.place
        else { return }
        resolved.values["postgres.url"] = nil
        do throws(SettingParser.Complaint) {
            let url = try PostgresURL(text)
            resolved.values["postgres.url"] = .init(
                value: .text(url.withoutPassword), origin: found.origin, place: place)
            guard let password = url.password else { return }
            if let other = resolved.values["postgres.password"] {
                if other.place?.isVariable == true, !place.isVariable { return }
                problems.append(
                    ConfigProblem(
                        file: place.file, line: place.line, setting: "postgres.url",
                        wrong: "has a password, and so has `postgres.password`", right: "keep one of the two"))
            } else {
                resolved.values["postgres.password"] = .init(
                    value: .secret(password), origin: found.origin, place: place)
            }
        } catch {
            problems.append(
                ConfigProblem(
                    file: place.file, line: place.line, setting: "postgres.url", wrong: error.wrong, right: error.right)
            )
        }
    }
}
