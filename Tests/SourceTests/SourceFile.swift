import Foundation

/// A file of the package as text.
struct SourceFile {
    /// Relative to the package: `Sources/KafkaLink/Consumer.swift`.
    var path: String
    var lines: [String]

    init(path: String, text: String) {
        self.path = path
        lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        if lines.last == "" { lines.removeLast() }
    }

    /// `Sources/KafkaLink/Consumer.swift` → `KafkaLink`
    var module: String {
        let parts = path.split(separator: "/")
        return parts.count > 1 ? String(parts[1]) : ""
    }
}

/// The package's folder and what is in it.
enum Package {
    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    static func swiftFiles(under folders: [String]) throws -> [SourceFile] {
        try files(under: folders) { $0.hasSuffix(".swift") }
    }

    static func files(under folders: [String], where isWanted: (String) -> Bool) throws -> [SourceFile] {
        var result: [SourceFile] = []
        for folder in folders {
            let base = root.appending(path: folder).path
            guard let names = FileManager.default.enumerator(atPath: base) else { continue }
            for case let name as String in names where isWanted(name) {
                let path = "\(folder)/\(name)"
                result.append(SourceFile(path: path, text: try text(path)))
            }
        }
        return result.sorted { $0.path < $1.path }
    }

    static func text(_ path: String) throws -> String {
        String(decoding: try Data(contentsOf: root.appending(path: path)), as: UTF8.self)
    }

    static func topLevel() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: root.path).sorted()
    }

    static func folders(of path: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: root.appending(path: path).path).filter { name in
            var isFolder: ObjCBool = false
            return FileManager.default.fileExists(
                atPath: root.appending(path: "\(path)/\(name)").path, isDirectory: &isFolder) && isFolder.boolValue
        }.sorted()
    }
}
