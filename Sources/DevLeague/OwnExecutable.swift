import CommandKit
import Glibc

/// Where this program lies, for children that are this program.
package enum OwnExecutable {
    package static func path() throws(CommandFailure) -> String {
        var path = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = readlink("/proc/self/exe", &path, path.count)
        guard count > 0 else { throw CommandFailure(.fatal, "Can't find out where this program lies: /proc/self/exe") }
        return String(decoding: path[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
