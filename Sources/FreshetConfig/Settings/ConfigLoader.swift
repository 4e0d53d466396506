/// File and environment → settings, or everything that is wrong with them.
package enum ConfigLoader {
    package static let defaultFile = "freshet.yaml"

    /// `file`: as `--config` says; nil: `FRESHET_CONFIG`, else `./freshet.yaml` where there is one, else no file.
    package static func load(
        file: String?, environment: [String: String]
    ) -> Result<LoadedConfig, ConfigProblems> {
        let named = file ?? environment["FRESHET_CONFIG"].flatMap { $0.isEmpty ? nil : $0 }
        if named == nil, !FileBytes.exists(defaultFile) {
            return load(text: [], file: nil, environment: environment)
        }
        let path = named ?? defaultFile
        do throws(FileBytes.Failure) {
            let read = try FileBytes.read(path, bound: YAMLReader.maxSize)
            return load(text: read.bytes, file: path, environment: environment, isReadableByAll: read.isReadableByAll)
        } catch {
            let setting = file == nil && named != nil ? "FRESHET_CONFIG" : ""
            return .failure(
                ConfigProblems([
                    ConfigProblem(
                        file: path, line: nil, setting: setting, wrong: error.wrong,
                        right: "name a file that can be read, with --config or FRESHET_CONFIG")
                ]))
        }
    }

    /// From bytes that were read already; `file` is named in messages, and relative paths start at its folder.
    package static func load(
        text: [UInt8], file: String?, environment: [String: String], isReadableByAll: Bool = false
    ) -> Result<LoadedConfig, ConfigProblems> {
        var given = GivenSettings()
        if let file {
            switch YAMLReader.read(text, file: file) {
            case .failure(let broken):
                let others = SettingsEnvironmentReader.read(environment).problems
                return .failure(ConfigProblems(broken.problems + others))
            case .success(let root):
                given = SettingsFileReader.read(root, file: file, folder: FilePath.folder(of: file))
            }
        }
        let resolver = SettingsResolver(
            file: given, environment: SettingsEnvironmentReader.read(environment), mainFile: file ?? "configuration")
        guard resolver.problems.isEmpty else { return .failure(ConfigProblems(resolver.problems)) }
        var warnings = resolver.warnings
        if isReadableByAll { warnings += openSecrets(resolver.resolved) }
        return .success(
            LoadedConfig(
                settings: Settings(resolver.resolved), effective: EffectiveSettings(resolver.resolved),
                warnings: warnings, file: file))
    }

    /// Secrets written into a settings file that every user can read.
    private static func openSecrets(_ resolved: ResolvedSettings) -> [ConfigProblem] {
        SettingTable.all.compactMap { spec in
            guard case .secret = spec.form, case .file(let file, let line)? = resolved.values[spec.path]?.origin else {
                return nil
            }
            return ConfigProblem(
                file: file, line: line, setting: spec.path, wrong: "stands in a file that every user can read",
                right: "set \(spec.variable) or `\(spec.path)-file` instead, or run `chmod o-r \(file)`")
        }
    }
}
