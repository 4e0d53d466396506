import Foundation

/// A script as the file that other languages load.
func source(_ name: String) throws -> String {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()
    return try String(contentsOf: root.appending(path: "schemas/redis/\(name).lua"), encoding: .utf8)
}
