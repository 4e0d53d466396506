import Foundation
import LocalServers
import Synchronization
import Testing

/// Says to one client what no real Redis would: after a proper handshake it sends `pieces`, with a pause between them.
final class ScriptedServer: Sendable {
    let port: Int
    private let listener: Int32
    private let isOver = Mutex(false)

    init(_ pieces: [[UInt8]], pauseMicroseconds: UInt32 = 0, thenClose: Bool = false) throws {
        port = try FreePort.find()
        listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let bound = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listener, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        try #require(bound == 0 && listen(listener, 4) == 0)
        Thread.detachNewThread { [self] in
            let client = accept(listener, nil, nil)
            guard client >= 0 else { return }
            var buffer = [UInt8](repeating: 0, count: 65_536)
            _ = recv(client, &buffer, buffer.count, 0)
            let hello = Array("*3\r\n$6\r\nmaster\r\n:0\r\n*0\r\n+OK\r\n".utf8)
            _ = Glibc.send(client, hello, hello.count, Int32(MSG_NOSIGNAL))
            _ = recv(client, &buffer, buffer.count, 0)
            for piece in pieces where !isOver.withLock({ $0 }) {
                if Glibc.send(client, piece, piece.count, Int32(MSG_NOSIGNAL)) < 0 { break }
                if pauseMicroseconds > 0 { usleep(pauseMicroseconds) }
            }
            while !thenClose && !isOver.withLock({ $0 }) { usleep(10_000) }
            close(client)
            close(listener)
        }
    }

    deinit { stop() }

    func stop() { isOver.withLock { $0 = true } }
}
