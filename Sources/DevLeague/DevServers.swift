import Foundation
import LocalServers

/// Everything that a run needs, in one folder that goes away with it.
final class DevServers {
    let folder: TemporaryFolder
    let redis: RedisServer
    let postgres: PostgresServer
    let broker: DevBroker
    /// For other commands in another terminal: `freshet verify --config …`.
    let configFile: String

    /// Starts the three beside each other: PostgreSQL alone takes a second or two.
    static func start(kafka: String?, files: SchemaFiles) async throws -> DevServers {
        let folder = try TemporaryFolder()
        let postgresFolder = try folder.folder("postgres", owner: PostgresServer.user)
        let redisFolder = try folder.folder("redis")
        async let postgres = PostgresServer(folder: postgresFolder)
        async let redis = RedisServer(folder: redisFolder)
        let broker =
            if let kafka { try DevBroker(bootstrap: kafka) } else { try DevBroker(startingIn: folder.folder("broker")) }
        return try await DevServers(
            folder: folder, redis: redis, postgres: postgres, broker: broker, files: files)
    }

    private init(
        folder: TemporaryFolder, redis: RedisServer, postgres: PostgresServer, broker: DevBroker, files: SchemaFiles
    ) throws {
        self.folder = folder
        self.redis = redis
        self.postgres = postgres
        self.broker = broker
        configFile = "\(folder.path)/freshet.yaml"
        // A real broker outlives this run, its group and its topic's records don't belong to the next one.
        let text = """
            deployment: dev-\(UInt32.random(in: 0...UInt32.max))
            graph: "\(files.graph)"
            kafka:
              bootstrap: "\(broker.bootstrap)"
              settings: {\(broker.clientSettings)}
            redis:
              host: 127.0.0.1
              port: \(redis.port)
            postgres:
              url: "\(postgres.url())"

            """
        try Data(text.utf8).write(to: URL(filePath: configFile))
    }

    func stop() {
        broker.stop()
        redis.stop()
        postgres.stop()
    }

    /// What to type in another terminal.
    var hints: [String] {
        [
            "redis-cli -p \(redis.port) GET v1:standings:\(LeagueSeason.id)",
            "psql \(postgres.url())",
            "freshet graph explain match:1 --config \(configFile)",
        ]
    }
}
