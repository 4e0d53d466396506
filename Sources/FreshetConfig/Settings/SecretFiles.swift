/// Secrets that lie in files of their own.
enum SecretFiles {
    static let maxSize = 64 << 10

    /// Values for the settings whose `…-file` is set.
    static func read(
        _ specs: [SettingSpec], _ resolved: inout ResolvedSettings, _ problems: inout [ConfigProblem],
        _ warnings: inout [ConfigProblem]
    ) -> [String: ResolvedSettings.Resolved] {
        var result: [String: ResolvedSettings.Resolved] = [:]
        for spec in specs {
            guard let secret = spec.secretPath, let path = resolved.text(spec.path),
                let place = resolved.values[spec.path]?.place
            else { continue }
            func problem(_ wrong: String, _ right: String) -> ConfigProblem {
                ConfigProblem(file: place.file, line: place.line, setting: spec.path, wrong: wrong, right: right)
            }
            do throws(FileBytes.Failure) {
                let file = try FileBytes.read(path, bound: maxSize)
                if file.isReadableByAll {
                    warnings.append(problem("`\(path)` can be read by every user", "run `chmod o-r \(path)`"))
                }
                switch text(file.bytes) {
                case .some(let text) where text.isEmpty:
                    problems.append(problem("`\(path)` is empty", "write the secret into it"))
                case .some(let text):
                    result[secret] = .init(value: .secret(Secret(text)), origin: .secretFile(path), place: place)
                case nil:
                    problems.append(
                        problem("`\(path)` is not text in one line", "write the secret into it and nothing else"))
                }
            } catch {
                problems.append(problem(error.wrong, error.right))
            }
        }
        return result
    }

    /// Without the newline that editors put at the end.
    private static func text(_ bytes: [UInt8]) -> String? {
        var bytes = bytes[...]
        if bytes.last == 0x0a { bytes.removeLast() }
        if bytes.last == 0x0d { bytes.removeLast() }
        guard !bytes.contains(where: { $0 < 0x20 || $0 == 0x7f }) else { return nil }
        return String(validating: bytes, as: UTF8.self)
    }
}
