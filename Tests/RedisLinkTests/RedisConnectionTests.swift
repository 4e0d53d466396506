import FreshetCore
import LocalServers
import RedisLink
import Testing

@Suite struct RedisConnectionTests {
    private func ping(_ connection: RedisConnection) throws -> [RedisReply] {
        var commands = CommandBuffer()
        commands.command(["PING"])
        return try connection.exchange(commands)
    }

    private func code(_ body: () throws -> Void) -> Fault.Code? {
        do {
            try body()
            return nil
        } catch { return (error as? Fault)?.code }
    }

    @Test func aDrippingServerMeetsTheDeadline() throws {
        let bytes = Array("$1000\r\n".utf8) + [UInt8](repeating: 120, count: 1_000)
        let server = try ScriptedServer(bytes.map { [$0] }, pauseMicroseconds: 20_000)
        let connection = try RedisConnection(.patient(port: server.port, commandTimeout: 200))
        #expect(code { _ = try ping(connection) } == .timeout)
        #expect(!connection.isUsable)
        #expect(code { _ = try ping(connection) } == .connectionLost)
    }

    @Test func garbageUnaskedRepliesAndClosedConnectionsAreFaults() throws {
        let garbage = try ScriptedServer([Array("HTTP/1.1 400\r\n".utf8)])
        let first = try RedisConnection(.patient(port: garbage.port))
        #expect(code { _ = try ping(first) } == .protocolViolation)
        let twice = try ScriptedServer([Array("+PONG\r\n+PONG\r\n".utf8)])
        let second = try RedisConnection(.patient(port: twice.port))
        #expect(code { _ = try ping(second) } == .protocolViolation)
        let closed = try ScriptedServer([Array("$100\r\nabc".utf8)], thenClose: true)
        let third = try RedisConnection(.patient(port: closed.port))
        #expect(code { _ = try ping(third) } == .connectionLost)
    }

    @Test func nobodyListensOrTheNameIsUnknown() throws {
        let port = try FreePort.find()
        #expect(code { _ = try RedisConnection(.patient(port: port)) } == .cannotConnect)
        let nowhere = RedisSettings(host: "bad..name", connectTimeout: 60_000)
        #expect(code { _ = try RedisConnection(nowhere) } == .cannotConnect)
    }

    /// Both sides' buffers fill many times over.
    @Test func bigRequestsAndBigRepliesDoNotBlockEachOther() throws {
        let redis = try RedisHarness()
        let connection = try RedisConnection(.patient(port: redis.server.port))
        let value = [UInt8](repeating: 7, count: 1_000_000)
        var commands = CommandBuffer()
        for _ in 0..<40 {
            commands.command([Array("SET".utf8), Array("big".utf8), value])
            commands.command(["GET", "big"])
        }
        let replies = try connection.exchange(commands)
        #expect(replies.count == 80)
        #expect(replies[79] == .string(value))
    }

    @Test func postedRepliesComeFirst() throws {
        let redis = try RedisHarness()
        let connection = try RedisConnection(.patient(port: redis.server.port))
        var commands = CommandBuffer()
        commands.command(["ECHO", "1"])
        try connection.post(commands)
        commands.removeAll()
        commands.command(["ECHO", "2"])
        #expect(try connection.exchange(commands) == [.string([49]), .string([50])])
        #expect(code { _ = try connection.receive(1) } == .protocolViolation)
    }

    @Test func passwordsAreNeededAndNeverPrinted() throws {
        let redis = try RedisHarness(options: ["requirepass": "right"])
        var settings = RedisSettings.patient(port: redis.server.port)
        settings.password = "wrong-secret"
        #expect(code { _ = try RedisConnection(settings) } == .redis("WRONGPASS"))
        let fault = #expect(throws: Fault.self) { try RedisConnection(settings) }
        #expect(fault?.message.contains("secret") == false)
        #expect("\(settings)".contains("secret") == false)
        var dumped = ""
        dump(settings, to: &dumped)
        #expect(!dumped.contains("secret"))
        settings.password = nil
        #expect(code { _ = try RedisConnection(settings) } == .redis("NOAUTH"))
        settings.password = "right"
        settings.username = "default"
        settings.database = 3
        settings.clientName = "lane-1"
        let connection = try RedisConnection(settings)
        var commands = CommandBuffer()
        commands.command(["CLIENT", "INFO"])
        let info = try connection.exchange(commands)[0].text ?? ""
        #expect(info.contains("name=lane-1") && info.contains("db=3"))
    }

    @Test func aReplicaIsRefused() throws {
        let redis = try RedisHarness()
        let replica = try RedisServer(folder: redis.folder.folder("replica"), replicaOf: redis.server.port)
        #expect(code { _ = try RedisConnection(.patient(port: replica.port)) } == .redis("READONLY"))
    }
}
