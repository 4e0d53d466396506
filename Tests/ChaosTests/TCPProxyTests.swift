import LocalServers
import RedisLink
import Testing

@testable import Chaos

/// Between a client and a real Redis.
@Suite struct TCPProxyTests {
    private func ping(_ port: Int, within milliseconds: Int = 20_000) -> String? {
        Loopback.ask(port: port, "PING\r\n", within: milliseconds)
    }

    @Test func bytesPassWhileItIsOpenOnly() throws {
        let folder = try TemporaryFolder()
        let redis = try RedisServer(folder: folder.folder("redis"))
        let proxy = try TCPProxy(target: redis.port)
        defer { proxy.stop() }
        #expect(ping(proxy.port)?.hasPrefix("+PONG") == true)
        proxy.set(.refusing)
        #expect(ping(proxy.port)?.hasPrefix("+PONG") != true)
        proxy.set(.stalled)
        #expect(ping(proxy.port, within: 300)?.hasPrefix("+PONG") != true)
        proxy.set(.open)
        #expect(ping(proxy.port)?.hasPrefix("+PONG") == true)
    }

    @Test func newConnectionsFindTheNewServer() throws {
        let folder = try TemporaryFolder()
        let first = try RedisServer(folder: folder.folder("first"))
        let second = try RedisServer(folder: folder.folder("second"))
        let proxy = try TCPProxy(target: first.port)
        defer { proxy.stop() }
        #expect(Loopback.ask(port: proxy.port, "SET who first\r\n", within: 20_000)?.hasPrefix("+OK") == true)
        proxy.point(to: second.port)
        #expect(Loopback.ask(port: proxy.port, "GET who\r\n", within: 20_000)?.hasPrefix("$-1") == true)
    }
}
