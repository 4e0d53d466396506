import Dispatch
import Foundation
import Synchronization

/// A socket address as `getaddrinfo` gave it.
struct SocketAddress: Sendable {
    var family: Int32
    var bytes: [UInt8]
}

/// Turns a host name into addresses within a deadline.
///
/// `getaddrinfo` knows no time-out of its own, so it runs on a thread of its own; when the deadline passes first, that
/// thread ends by itself later and its result is dropped.
enum NameLookup {
    struct Failure: Error {
        var description: String
        var isTimeout = false
    }

    private final class Box: Sendable {
        let result = Mutex<Result<[SocketAddress], Failure>?>(nil)
        let done = DispatchSemaphore(value: 0)
    }

    static func addresses(_ host: String, _ port: Int, by deadline: Deadline) throws(Failure) -> [SocketAddress] {
        if let numeric = try? look(host, port, flags: AI_NUMERICHOST) { return numeric }
        let box = Box()
        Thread.detachNewThread {
            do throws(Failure) {
                let found = try look(host, port, flags: 0)
                box.result.withLock { $0 = .success(found) }
            } catch {
                box.result.withLock { $0 = .failure(error) }
            }
            box.done.signal()
        }
        guard box.done.wait(timeout: .now() + .milliseconds(deadline.remaining)) == .success,
            let result = box.result.withLock({ $0 })
        else { throw Failure(description: "name look-up of \(host) took too long", isTimeout: true) }
        return try result.get()
    }

    private static func look(_ host: String, _ port: Int, flags: Int32) throws(Failure) -> [SocketAddress] {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        hints.ai_flags = flags
        var list: UnsafeMutablePointer<addrinfo>?
        let code = getaddrinfo(host, String(port), &hints, &list)
        guard code == 0 else {
            throw Failure(description: "name look-up of \(host): \(String(cString: gai_strerror(code)))")
        }
        defer { freeaddrinfo(list) }
        var found: [SocketAddress] = []
        var entry = list
        while let info = entry {
            let bytes = UnsafeRawBufferPointer(start: info.pointee.ai_addr, count: Int(info.pointee.ai_addrlen))
            found.append(SocketAddress(family: info.pointee.ai_family, bytes: Array(bytes)))
            entry = info.pointee.ai_next
        }
        return found
    }
}
