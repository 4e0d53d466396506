import Glibc

/// Small files, read whole.
enum FileBytes {
    struct Failure: Error {
        var wrong: String
        var right: String
    }

    struct File {
        var bytes: [UInt8]
        /// Others than the owner and the group may read it.
        var isReadableByAll: Bool
    }

    /// Nothing but a regular file or a pipe's end is read, and never more than `bound` bytes and one.
    static func read(_ path: String, bound: Int) throws(Failure) -> File {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            let reason = String(cString: strerror(errno)).lowercased()
            throw Failure(wrong: "`\(path)` can't be read: \(reason)", right: advice(errno))
        }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT != S_IFDIR else {
            throw Failure(wrong: "`\(path)` is a folder", right: "name a file")
        }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while bytes.count <= bound {
            let count = Glibc.read(descriptor, &chunk, chunk.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else {
                throw Failure(
                    wrong: "`\(path)` can't be read: \(String(cString: strerror(errno)).lowercased())", right: "")
            }
            if count == 0 { return File(bytes: bytes, isReadableByAll: status.st_mode & S_IROTH != 0) }
            bytes += chunk[..<count]
        }
        throw Failure(
            wrong: "`\(path)` is too large", right: "at most \(Units.write(size: bound)) are read")
    }

    private static func advice(_ code: Int32) -> String {
        switch code {
        case ENOENT, ENOTDIR: "check the path; a relative one starts at the folder of the file that names it"
        case EACCES: "let the user that runs freshet read it"
        default: ""
        }
    }
}

extension FileBytes {
    static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }
}
