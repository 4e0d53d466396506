import Glibc
import Synchronization

/// A loopback port that nobody listens on. Whoever takes it may still lose a race for it and should try another one.
package enum FreePort {
    /// Ports that this process has handed out: a server that is about to bind one must not see it given away again.
    private static let handedOut = Mutex<Set<Int>>([])

    package static func find() throws(ServerFailure) -> Int {
        for _ in 0..<100 {
            let port = try bindAny()
            if handedOut.withLock({ $0.insert(port).inserted }) { return port }
        }
        throw ServerFailure("no free loopback port in 100 attempts")
    }

    private static func bindAny() throws(ServerFailure) -> Int {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw ServerFailure("socket", errno: errno) }
        defer { close(descriptor) }
        var address = Loopback.address(port: 0)
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let result = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                bind(descriptor, generic, length) == 0 ? getsockname(descriptor, generic, &length) : -1
            }
        }
        guard result == 0 else { throw ServerFailure("bind to a loopback port", errno: errno) }
        return Int(UInt16(bigEndian: address.sin_port))
    }
}
