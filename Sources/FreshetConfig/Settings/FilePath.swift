/// Paths as text; nothing is looked up.
package enum FilePath {
    /// A relative path, seen from a folder.
    package static func join(_ folder: String?, _ path: String) -> String {
        guard let folder, !folder.isEmpty, !path.hasPrefix("/") else { return path }
        var parts = folder.split(separator: "/", omittingEmptySubsequences: true).map(String.init)
        let isAbsolute = folder.hasPrefix("/")
        for part in path.split(separator: "/", omittingEmptySubsequences: true) {
            switch part {
            case ".": continue
            case ".." where parts.last.map { $0 != ".." && $0 != "." } ?? false: parts.removeLast()
            default: parts.append(String(part))
            }
        }
        let joined = parts.joined(separator: "/")
        return isAbsolute ? "/" + joined : joined
    }

    /// The folder that a file lies in; nil for a bare name.
    package static func folder(of file: String) -> String? {
        guard let slash = file.lastIndex(of: "/") else { return nil }
        return slash == file.startIndex ? "/" : String(file[..<slash])
    }
}
