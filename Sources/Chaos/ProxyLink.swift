import Foundation
import Glibc
import Synchronization

/// One connection through a proxy: both descriptors are its own and closed when both directions have ended.
final class ProxyLink: Sendable {
    private static let pauseMicroseconds: UInt32 = 5_000
    private static let stackSize = 128 << 10

    private struct State {
        var directions = 2
        var isCut = false
    }

    private let client: Int32
    private let server: Int32
    private let isStalled: @Sendable () -> Bool
    private let state = Mutex(State())

    init(client: Int32, server: Int32, isStalled: @escaping @Sendable () -> Bool) {
        self.client = client
        self.server = server
        self.isStalled = isStalled
        var yes: Int32 = 1
        for descriptor in [client, server] {
            setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &yes, socklen_t(MemoryLayout<Int32>.size))
        }
    }

    var isOver: Bool { state.withLock { $0.directions == 0 } }

    func start() {
        for (from, to) in [(client, server), (server, client)] {
            let thread = Thread { [self] in pump(from, to) }
            thread.stackSize = Self.stackSize
            thread.start()
        }
    }

    func cut() {
        state.withLock { state in
            state.isCut = true
            // Closed descriptors may be somebody else's by now.
            guard state.directions > 0 else { return }
            shutdown(client, Int32(SHUT_RDWR))
            shutdown(server, Int32(SHUT_RDWR))
        }
    }

    private func pump(_ from: Int32, _ to: Int32) {
        var buffer = [UInt8](repeating: 0, count: 16_384)
        while true {
            let count = recv(from, &buffer, buffer.count, 0)
            if count < 0 && errno == EINTR { continue }
            while isStalled() && !state.withLock({ $0.isCut }) { usleep(Self.pauseMicroseconds) }
            if count <= 0 || !Self.sendAll(buffer[..<count], to) { break }
        }
        // The other direction ends as well: nobody here needs half a connection.
        cut()
        state.withLock { state in
            state.directions -= 1
            guard state.directions == 0 else { return }
            close(client)
            close(server)
        }
    }

    private static func sendAll(_ bytes: ArraySlice<UInt8>, _ descriptor: Int32) -> Bool {
        bytes.withUnsafeBytes { buffer in
            var done = 0
            while done < buffer.count {
                let count = send(descriptor, buffer.baseAddress! + done, buffer.count - done, Int32(MSG_NOSIGNAL))
                if count < 0 && errno == EINTR { continue }
                if count <= 0 { return false }
                done += count
            }
            return true
        }
    }
}
