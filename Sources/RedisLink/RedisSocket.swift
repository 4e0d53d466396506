import FreshetCore
import Glibc

/// Owns a nonblocking TCP socket. Signals never reach the caller: EINTR is retried, SIGPIPE is not raised.
struct RedisSocket: ~Copyable {
    private let descriptor: Int32
    private let address: String

    /// Tries the addresses of the name one after the other, all within one deadline.
    init(_ settings: RedisSettings, by deadline: Deadline) throws(Fault) {
        address = settings.address
        let candidates: [SocketAddress]
        do throws(NameLookup.Failure) {
            candidates = try NameLookup.addresses(settings.host, settings.port, by: deadline)
        } catch {
            throw RedisFault.of(error.isTimeout ? .timeout : .cannotConnect, error.description, at: settings.address)
        }
        var last: Fault?
        for candidate in candidates {
            do throws(Fault) {
                descriptor = try Self.connect(candidate, by: deadline, address: settings.address)
                return
            } catch {
                last = error
            }
        }
        throw last ?? RedisFault.of(.cannotConnect, "the name has no address", at: settings.address)
    }

    deinit { close(descriptor) }

    private static func connect(
        _ candidate: SocketAddress, by deadline: Deadline, address: String
    ) throws(Fault) -> Int32 {
        let kind = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue)
        let descriptor = socket(candidate.family, kind, 0)
        guard descriptor >= 0 else { throw RedisFault.of(.cannotConnect, "socket", errno: errno, at: address) }
        var failure = candidate.bytes.withUnsafeBytes { bytes -> Int32 in
            guard let start = bytes.baseAddress else { return EINVAL }
            let generic = start.assumingMemoryBound(to: sockaddr.self)
            return Glibc.connect(descriptor, generic, socklen_t(bytes.count)) == 0 ? 0 : errno
        }
        // An interrupted connect goes on by itself, as one that is in progress does.
        if failure == EINPROGRESS || failure == EINTR {
            guard wait(descriptor, for: Int16(POLLOUT), by: deadline) else {
                close(descriptor)
                throw RedisFault.of(.timeout, "no connection within its time-out", at: address)
            }
            var size = socklen_t(MemoryLayout<Int32>.size)
            failure = 0
            getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &failure, &size)
        }
        guard failure == 0 else {
            close(descriptor)
            throw RedisFault.of(.cannotConnect, "connect", errno: failure, at: address)
        }
        var yes: Int32 = 1
        let size = socklen_t(MemoryLayout<Int32>.size)
        setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &yes, size)
        setsockopt(descriptor, SOL_SOCKET, SO_KEEPALIVE, &yes, size)
        return descriptor
    }

    /// How many bytes from `start` on the kernel took; 0 when it takes none now.
    func send(_ bytes: ArraySlice<UInt8>, from start: Int) throws(Fault) -> Int {
        while true {
            let count = bytes.withUnsafeBytes { all in
                Glibc.send(descriptor, all.baseAddress.map { $0 + start }, all.count - start, Int32(MSG_NOSIGNAL))
            }
            if count >= 0 { return count }
            if errno == EINTR { continue }
            if errno == EAGAIN { return 0 }
            throw RedisFault.of(.connectionLost, "send", errno: errno, at: address)
        }
    }

    /// How many bytes came; 0 when there are none now.
    func receive(into buffer: UnsafeMutableRawBufferPointer) throws(Fault) -> Int {
        while true {
            let count = recv(descriptor, buffer.baseAddress, buffer.count, 0)
            if count > 0 { return count }
            if count == 0 { throw RedisFault.of(.connectionLost, "it closed the connection", at: address) }
            if errno == EINTR { continue }
            if errno == EAGAIN { return 0 }
            throw RedisFault.of(.connectionLost, "receive", errno: errno, at: address)
        }
    }

    /// Waits until bytes can be read (or, where asked for, written). False when the deadline passed.
    func wait(forWriting: Bool, by deadline: Deadline) -> Bool {
        Self.wait(descriptor, for: Int16(POLLIN) | (forWriting ? Int16(POLLOUT) : 0), by: deadline)
    }

    /// Waits until bytes can be read here or there: true where only there.
    func waits(beside other: Int32, by deadline: Deadline) -> Bool {
        while true {
            let remaining = deadline.remaining
            guard remaining > 0 else { return false }
            var entries = [
                pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0),
                pollfd(fd: other, events: Int16(POLLIN), revents: 0),
            ]
            let count = poll(&entries, 2, Int32(clamping: remaining))
            if count < 0 && errno == EINTR { continue }
            return count > 0 && entries[0].revents == 0
        }
    }

    private static func wait(_ descriptor: Int32, for events: Int16, by deadline: Deadline) -> Bool {
        while true {
            let remaining = deadline.remaining
            guard remaining > 0 else { return false }
            var entry = pollfd(fd: descriptor, events: events, revents: 0)
            let count = poll(&entry, 1, Int32(clamping: remaining))
            if count > 0 { return true }
            if count < 0 && errno != EINTR { return true }
        }
    }
}
