/// Bytes → `YAMLNode`, or everything that is wrong with them.
///
/// What is read is a small, plain part of YAML: one document of mappings, sequences and scalars. Anchors, aliases,
/// tags and several documents are refused by name, so a file can't be more than it looks like. No scalar is guessed
/// to be anything but text; whoever asks for a number, a boolean or a duration reads it from the text.
package enum YAMLReader {
    /// Bytes of a file.
    package static let maxSize = 1 << 20
    /// Mappings and sequences inside each other.
    package static let maxDepth = 32
    /// Scalars, mappings and sequences of a file.
    package static let maxNodes = 100_000
    /// After so many problems the rest of the file is not looked at.
    static let maxProblems = 100

    package static func read(_ bytes: [UInt8], file: String) -> Result<YAMLNode, ConfigProblems> {
        if let problem = unreadable(bytes, file) { return .failure(ConfigProblems([problem])) }
        let mark: [UInt8] = [0xef, 0xbb, 0xbf]
        var builder = YAMLBuilder(parser: YAMLParser(bytes.dropFirst(bytes.starts(with: mark) ? 3 : 0)), file: file)
        let root = builder.document()
        return builder.problems.isEmpty ? .success(root) : .failure(ConfigProblems(builder.problems))
    }

    /// Size and encoding are looked at before libyaml sees a byte.
    private static func unreadable(_ bytes: [UInt8], _ file: String) -> ConfigProblem? {
        if bytes.count > maxSize {
            return ConfigProblem(
                file: file, line: nil, setting: "", wrong: "has \(bytes.count) bytes",
                right: "a configuration has at most \(Units.write(size: maxSize))")
        }
        do throws(UTF8.ValidationError) {
            _ = try UTF8Span(validating: bytes.span)
            return nil
        } catch {
            let offset = error.byteOffsets.lowerBound
            let line = bytes.prefix(offset).count { $0 == 0x0a } + 1
            let byte = String(bytes[offset], radix: 16)
            return ConfigProblem(
                file: file, line: line, setting: "",
                wrong: "byte 0x\(byte.count == 1 ? "0" : "")\(byte) is not UTF-8", right: "save the file as UTF-8")
        }
    }
}
