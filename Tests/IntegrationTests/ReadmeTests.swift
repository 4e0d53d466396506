import Foundation
import FreshetCore
import KafkaLink
import LocalServers
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
        try await wait("the product is there") {
            try cli("service", redis.port, ["GET", "v1:product:7"]) == document
        }
        #expect(try cli("service", redis.port, ["SET", "v1:product:7", "old"]).hasPrefix("NOPERM"))
        try await readersFill(redis.port)
        #expect(try await run(["verify", "--config", config]).contains("stale"))
        _ = try await run(["invalidate", "product:7", "--execute", "--config", config])
        #expect(try cli("service", redis.port, ["GET", "v1:product:7"]) == "")
        #expect(try await worker.stop().count("adds-up") == 1)
    }

    /// `lease` and `fill` with the rights of `filling`, as a service in any language calls them.
    private func readersFill(_ port: Int) async throws {
        let scripts = try ["lease", "fill"].map { name in
            try String(contentsOfFile: "\(TestEnvironment.root)/schemas/redis/\(name).lua", encoding: .utf8)
        }
        let (lease, fill) = (
            try cli("filling", port, ["SCRIPT", "LOAD", scripts[0]]),
            try cli("filling", port, ["SCRIPT", "LOAD", scripts[1]])
        )
        let key = "v1:product:8"
        let keys = ["3", "v1:freshet", key, "v1:freshet:lease:\(key)"]
        let answer = try cli("filling", port, ["EVALSHA", lease] + keys + ["3000", "me"]).split(separator: "\n")
        #expect(answer.count == 3 && answer.first == "miss" && answer.last == "0", "\(answer)")
        let token = try #require(answer.dropFirst().first.map(String.init))
        let document = #"{"id" : 8, "name" : "Cup", "price" : 6.50}"#
        #expect(try cli("filling", port, ["EVALSHA", fill] + keys + [token, document, "60000", "me"]) == "1")
        #expect(try cli("service", port, ["GET", key]) == document)
        #expect(try cli("service", port, ["EVALSHA", lease, "2", "v1:freshet", key]).hasPrefix("NOPERM"))
    }

    /// What `redis-cli` prints where its output is no terminal.
    private func cli(_ user: String, _ port: Int, _ arguments: [String]) throws -> String {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["redis-cli", "-p", "\(port)", "--user", user] + arguments
        process.environment = ProcessInfo.processInfo.environment.merging(["REDISCLI_AUTH": "change-me-\(user)"]) { $1 }
        let output = Pipe()
        process.standardOutput = output
        process.standardError = output
        try process.run()
        let bytes = output.fileHandleForReading.readDataToEndOfFile()
        process.end()
        return String(decoding: bytes, as: UTF8.self).trimmingCharacters(in: .newlines)
    }

    private func roles(_ url: String) throws {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = [
            "psql", "--no-psqlrc", "--quiet", "--dbname=\(url)", "--set=password=SECRET",
            "--file=\(TestEnvironment.root)/deploy/postgres-roles.sql",
        ]
        try process.run()
        #expect(process.end() == 0)
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
