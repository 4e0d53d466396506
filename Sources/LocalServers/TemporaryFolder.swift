import Glibc

/// A folder of its own under `$TMPDIR` or `/tmp`, removed at the end.
///
/// It carries the process that owns it. Folders whose owner died (a crashed run) are removed by the next one that is
/// made, and servers that were left behind in them are ended by their pid files.
package final class TemporaryFolder: Sendable {
    package static let prefix = "freshet-"
    private static let ownerFile = "owner"

    package let path: String

    package init() throws(ServerFailure) {
        let parent = Self.parent
        Self.sweep(parent)
        var template = Array("\(parent)/\(Self.prefix)XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw ServerFailure("make a folder under \(parent)", errno: errno) }
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        // Others may walk through it: a server that runs as another user has its own folder inside.
        chmod(path, 0o711)
        ProcessMark.ofThisProcess.write(to: "\(path)/\(Self.ownerFile)")
    }

    deinit { Self.remove(path) }

    /// Makes a folder inside, owned by `user` where that is given and we may give it away.
    package func folder(_ name: String, owner user: String? = nil) throws(ServerFailure) -> String {
        let folder = "\(path)/\(name)"
        guard mkdir(folder, 0o700) == 0 || errno == EEXIST else {
            throw ServerFailure("make \(folder)", errno: errno)
        }
        if let user, geteuid() == 0 {
            guard let entry = getpwnam(user) else { throw ServerFailure("there is no user \(user)") }
            guard chown(folder, entry.pointee.pw_uid, entry.pointee.pw_gid) == 0 else {
                throw ServerFailure("give \(folder) to \(user)", errno: errno)
            }
        }
        return folder
    }

    private static var parent: String {
        guard let value = getenv("TMPDIR") else { return "/tmp" }
        let path = String(cString: value)
        return path.isEmpty ? "/tmp" : path
    }

    private static func sweep(_ parent: String) {
        for name in list(parent) where name.hasPrefix(prefix) {
            let folder = "\(parent)/\(name)"
            guard let owner = ProcessMark.read("\(folder)/\(ownerFile)"), !owner.isAlive else { continue }
            for file in filesBelow(folder, depth: 3) where file.hasSuffix(".pid") {
                ServerProcess.endLeftover(pidFile: file)
            }
            remove(folder)
        }
    }

    static func list(_ folder: String) -> [String] {
        guard let handle = opendir(folder) else { return [] }
        defer { closedir(handle) }
        var names: [String] = []
        while let entry = readdir(handle) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != "." && name != ".." { names.append(name) }
        }
        return names
    }

    private static func filesBelow(_ folder: String, depth: Int) -> [String] {
        guard depth > 0 else { return [] }
        return list(folder).flatMap { ["\(folder)/\($0)"] + filesBelow("\(folder)/\($0)", depth: depth - 1) }
    }

    private static func remove(_ folder: String) {
        for name in list(folder) {
            let path = "\(folder)/\(name)"
            // unlink takes links themselves, so nothing outside of the folder is ever reached.
            if unlink(path) != 0 && errno == EISDIR { remove(path) }
        }
        rmdir(folder)
    }
}
