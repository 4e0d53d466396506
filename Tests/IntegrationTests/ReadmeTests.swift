import Foundation
import FreshetCore
import KafkaLink
import LocalServers
import RedisLink
import TestServers
import Testing

/// The shop of the README, with its files as they are printed there and the rights of `deploy/`.
@Suite struct ReadmeTests {
    private let readme: String
    private let folder: TemporaryFolder

    init() throws {
        readme = try String(contentsOfFile: "\(TestEnvironment.root)/README.md", encoding: .utf8)
        folder = try TemporaryFolder()
    }

    @Test func theShopWorksAsItSays() async throws {
        let redis = try RedisServer(
            folder: folder.folder("redis"), options: ["aclfile": "\(TestEnvironment.root)/deploy/redis.acl"])
        let (postgres, database) = try SharedLeagueServer.database()
        try postgres.psql(try block("sql", 0), database: database)
        try roles(postgres.url(database: database))
        let broker = try BrokerProcess(topics: ["shop.changes"], partitions: 4)
        let config = try write(redis.port, postgres.url(database: database, user: "freshet"), broker.bootstrap)

        let explained = try await run(["graph", "explain", "product:7", "--config", config])
        #expect(explained.contains("v1:category:1  refresh       product:7 → category:1"))
        for line in explained.split(separator: "\n") { #expect(readme.contains(line), "\(line)") }

        let worker = try WorkerProcess(
            arguments: ["worker", "--config", config], folder: folder.path, name: "worker")
        try await worker.ready()
        try postgres.psql("update product set price = 26.00, version = 2 where id = 7", database: database)
        let producer = try KafkaProducer(KafkaSettings(bootstrap: broker.bootstrap))
        try producer.produce(
            topic: "shop.changes", partition: 0, key: nil,
            value: Array(#"{"type":"product.changed","id":7,"version":2}"#.utf8))
        try producer.flush(within: 30_000)

        let document = #"{"id" : 7, "name" : "Teapot", "price" : 26.00}"#
        #expect(readme.contains(document))
        let service = reader("service", redis.port)
        try await wait("the product is there") {
            try await service.get([Array("v1:product:7".utf8)]) == [Array(document.utf8)]
        }
        try await readersFill(redis.port)
        #expect(try await run(["verify", "--config", config]).contains("stale"))
        _ = try await run(["invalidate", "product:7", "--execute", "--config", config])
        #expect(try await service.get([Array("v1:product:7".utf8)]) == [nil])
        #expect(try await worker.stop().count("adds-up") == 1)
    }

    /// `lease` and `fill` with the rights of `filling`; `service` has none.
    private func readersFill(_ port: Int) async throws {
        let (key, value) = (Array("v1:product:8".utf8), Array("{}".utf8))
        let filling = reader("filling", port)
        guard case .miss(let token, 0) = try filling.lease(key, milliseconds: 3_000, holder: "me") else {
            Issue.record("product 8 is in the cache already")
            return
        }
        #expect(try filling.fill(key, token: token, value: value, timeToLive: 60_000, holder: "me"))
        #expect(try await filling.get([key]) == [value])
        #expect(throws: Fault.self) { try reader("service", port).lease(key) }
    }

    private func reader(_ user: String, _ port: Int) -> RedisCacheStore {
        RedisCacheStore(
            settings: RedisSettings(port: port, username: user, password: "change-me-\(user)"),
            namespace: Graph.Namespace(), group: "readers", pendingLimit: 1)
    }

    private func roles(_ url: String) throws {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = [
            "psql", "--no-psqlrc", "--quiet", "--dbname=\(url)", "--set=password=SECRET",
            "--file=\(TestEnvironment.root)/deploy/postgres-roles.sql",
        ]
        try process.run()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
    }

    /// The README's graph and settings, with this test's servers in place of its addresses.
    private func write(_ redis: Int, _ postgres: String, _ bootstrap: String) throws -> String {
        let settings = try block("yaml", 1)
        var lines = settings.split(separator: "\n").map(String.init)
        #expect(lines.count == 5)
        lines[2] = "kafka: {bootstrap: \"\(bootstrap)\", session-timeout: 6s}"
        lines[3] = lines[3].replacing("host: 127.0.0.1,", with: "host: 127.0.0.1, port: \(redis),")
        lines[4] = "postgres: {url: \"\(postgres)\"}"
        try block("yaml", 0).write(toFile: "\(folder.path)/shop.yaml", atomically: true, encoding: .utf8)
        try "change-me-freshet\n".write(toFile: "\(folder.path)/redis-password", atomically: true, encoding: .utf8)
        let path = "\(folder.path)/freshet.yaml"
        try lines.joined(separator: "\n").write(toFile: path, atomically: true, encoding: .utf8)
        return path
    }

    /// The n-th fenced block of a language.
    private func block(_ language: String, _ number: Int) throws -> String {
        let pieces = readme.split(separator: "```\(language)\n", omittingEmptySubsequences: false).dropFirst()
        let text = try #require(pieces.dropFirst(number).first?.split(separator: "\n```").first)
        return String(text) + "\n"
    }

    private func run(_ arguments: [String]) async throws -> String {
        let process = try WorkerProcess(arguments: arguments, folder: folder.path, name: arguments[0])
        #expect(try await process.end() == 0, "\(process.output)")
        return process.output
    }
}
