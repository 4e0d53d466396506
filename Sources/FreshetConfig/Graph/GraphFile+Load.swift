import Foundation

extension GraphFile {
    /// Bytes of a file that `sql-file` names.
    static let maxSQLSize = 1 << 20

    /// Reads, checks and compiles a graph file; paths in it are relative to it.
    package static func load(path: String) throws(ConfigProblems) -> LoadedGraph {
        let bytes: [UInt8]
        switch contents(path, atMost: YAMLReader.maxSize) {
        case .success(let found): bytes = found
        case .failure(let error):
            throw ConfigProblems([
                ConfigProblem(
                    file: path, line: nil, setting: "", wrong: "can't read the graph: \(error.reason)",
                    right: "name a graph file that this user may read")
            ])
        }
        let node = try YAMLReader.read(bytes, file: path).get()
        let folder = URL(fileURLWithPath: path).deletingLastPathComponent()
        return try compile(node, file: path) { name in
            contents(URL(fileURLWithPath: name, relativeTo: folder).path, atMost: maxSQLSize).flatMap { bytes in
                guard let text = String(validating: bytes, as: UTF8.self) else {
                    return .failure(SQLFileError(reason: "it is not UTF-8"))
                }
                return .success(text)
            }
        }
    }

    private static func contents(_ path: String, atMost bound: Int) -> Result<[UInt8], SQLFileError> {
        guard let handle = FileHandle(forReadingAtPath: path) else {
            let isThere = FileManager.default.fileExists(atPath: path)
            return .failure(SQLFileError(reason: isThere ? "no permission" : "there is no such file"))
        }
        defer { try? handle.close() }
        do {
            let data = try handle.read(upToCount: bound + 1) ?? Data()
            if data.count > bound {
                return .failure(SQLFileError(reason: "it has more than \(Units.write(size: bound))"))
            }
            return .success(Array(data))
        } catch {
            return .failure(SQLFileError(reason: "it is no file that can be read"))
        }
    }
}
