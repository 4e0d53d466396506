import Foundation
import Glibc
import LocalServers
import Synchronization

/// A TCP proxy on loopback between clients and a server that may be cut, stalled, or be another one from now on.
///
/// Two threads per connection: a peer that takes nothing holds up its own connection only.
final class TCPProxy: Sendable {
    enum Mode: Sendable {
        case open
        /// New connections are closed at once.
        case refusing
        /// Connections stand and take bytes, but none comes out.
        case stalled
    }

    private struct State {
        var target: Int
        var mode = Mode.open
        var links: [ProxyLink] = []
        var isOver = false
    }

    let port: Int
    private let listener: Int32
    private let state: Mutex<State>

    init(target: Int) throws(ServerFailure) {
        port = try FreePort.find()
        listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        state = Mutex(State(target: target))
        var reuse: Int32 = 1
        setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &reuse, socklen_t(MemoryLayout<Int32>.size))
        guard listener >= 0, Self.withAddress(port, { bind(listener, $0, $1) }) == 0, listen(listener, 128) == 0 else {
            throw ServerFailure("The proxy can't listen on port \(port): errno \(errno)")
        }
        let thread = Thread { [self] in serve() }
        thread.name = "proxy \(port)"
        thread.start()
    }

    var isStalled: Bool { state.withLock { $0.mode == .stalled } }

    /// New connections go there from now on; those that stand stay where they are.
    func point(to target: Int) { state.withLock { $0.target = target } }

    func set(_ mode: Mode) { state.withLock { $0.mode = mode } }

    /// Ends every connection that stands.
    func cut() {
        let links = state.withLock { state in
            defer { state.links = [] }
            return state.links
        }
        for link in links { link.cut() }
    }

    func stop() {
        state.withLock { $0.isOver = true }
        // Wakes the thread in accept.
        shutdown(listener, Int32(SHUT_RDWR))
        cut()
    }

    private func serve() {
        while true {
            let client = accept(listener, nil, nil)
            if client >= 0 { _ = fcntl(client, F_SETFD, FD_CLOEXEC) }
            let (target, mode, isOver) = state.withLock { ($0.target, $0.mode, $0.isOver) }
            if isOver {
                if client >= 0 { close(client) }
                close(listener)
                return
            }
            guard client >= 0 else {
                usleep(10_000)
                continue
            }
            guard mode != .refusing, let server = Self.connect(target) else {
                close(client)
                continue
            }
            let link = ProxyLink(client: client, server: server, isStalled: { [weak self] in self?.isStalled ?? false })
            state.withLock { state in
                state.links.removeAll(where: \.isOver)
                state.links.append(link)
            }
            link.start()
        }
    }

    private static func connect(_ port: Int) -> Int32? {
        let server = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard server >= 0 else { return nil }
        if withAddress(port, { Glibc.connect(server, $0, $1) }) == 0 { return server }
        close(server)
        return nil
    }

    private static func withAddress(_ port: Int, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32) -> Int32 {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body($0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
    }
}
