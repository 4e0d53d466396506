import CommandKit
import Foundation
import FreshetConfig
import FreshetCore
import KafkaLink
import LocalServers
import PostgresLink
import RedisLink

/// The servers of a drill, with the sample league in them: `freshet drill`. Workers are the drill's own.
package final class DrillStage {
    static let deployment = "drill"
    /// Short, so that a drill needn't wait long for a worker that is missed; milliseconds.
    static let sessionTimeout = 3_000
    /// Milliseconds.
    private static let flushTimeout = 60_000
    private static let settleTimeout: UInt64 = 90_000_000_000

    private let folder: TemporaryFolder
    private let redis: RedisServer
    private let postgres: PostgresServer
    private let broker: DevBroker
    private let connection: PostgresConnection
    private let producer: KafkaProducer
    private let player: SeasonPlayer
    private var scenes: ArraySlice<LeagueScene>
    private let cache: RedisCacheStore
    private let admin: KafkaAdmin
    private let files: SchemaFiles

    package init(environment: [String: String]) throws {
        files = try SchemaFiles.find(environment: environment)
        folder = try TemporaryFolder()
        redis = try RedisServer(folder: folder.folder("redis"))
        postgres = try PostgresServer(folder: folder.folder("postgres", owner: PostgresServer.user))
        broker = try DevBroker(startingIn: folder.folder("broker"), retries: Self.deployment)
        connection = PostgresConnection(PostgresSettings(url: postgres.url()), access: .readWrite)
        let season = try LeagueSeason.load(files, into: connection)
        scenes = LeagueScript.scenes(season.matches, adjustments: season.adjustments, seed: 1)[...]
        producer = try broker.producer()
        player = SeasonPlayer(connection, producer)
        var kafka = KafkaSettings(bootstrap: broker.bootstrap, group: Self.deployment)
        kafka.requestTimeout = 5_000
        admin = try KafkaAdmin(kafka)
        let graph = try GraphFile.load(path: files.graph).graph
        cache = RedisCacheStore(
            settings: RedisSettings(port: redis.port), namespace: graph.namespace, group: Self.deployment,
            pendingLimit: 1_000)
        try Data(configuration.utf8).write(to: URL(filePath: configFile))
        try player.announceFixtures()
    }

    package func stop() {
        broker.stop()
        redis.stop()
        postgres.resume()
        postgres.stop()
    }

    private var configFile: String { "\(folder.path)/freshet.yaml" }

    private var configuration: String {
        """
        deployment: \(Self.deployment)
        graph: "\(files.graph)"
        kafka:
          bootstrap: "\(broker.bootstrap)"
          session-timeout: \(Self.sessionTimeout)ms
          max-poll-interval: 20s
          settings: {\(broker.clientSettings)}
        redis:
          host: 127.0.0.1
          port: \(redis.port)
          command-timeout: 2s
        postgres:
          url: "\(postgres.url())"
        worker:
          commit-interval: 200ms
          retry: {backoff-cap: 1s, delay: 1s}

        """
    }

    /// What a shell needs, as assignments.
    package var variables: [String] {
        [
            "FRESHET_CONFIG=\(configFile)", "REDIS_PORT=\(redis.port)", "PG_URL=\(postgres.url())",
            "KAFKA=\(broker.bootstrap)", "TOPIC=\(SeasonPlayer.topic)",
        ]
    }

    /// One line of the drill's language; nil where it makes no sense.
    package func obey(_ line: String) async throws -> String? {
        let words = line.split(separator: " ", maxSplits: 2).map(String.init)
        switch (words.first, words.count) {
        case ("play", 2):
            guard let count = Int(words[1]) else { return nil }
            return try play(count)
        case ("send", 3):
            guard let partition = Int32(words[1]), 0..<Int32(DevBroker.partitions) ~= partition else { return nil }
            try producer.produce(
                topic: SeasonPlayer.topic, partition: partition, key: nil, value: Array(words[2].utf8))
            try producer.flush(within: Self.flushTimeout)
            return "sent to partition \(partition)"
        case ("flood", 3):
            guard let count = Int(words[1]), let step = Int(words[2]), step > 0 else { return nil }
            return try flood(count, step)
        case ("garbage", 2):
            guard let count = Int(words[1]) else { return nil }
            for number in 0..<count {
                try producer.produce(topic: SeasonPlayer.topic, key: Array("\(number)".utf8), value: Array("{".utf8))
            }
            try producer.flush(within: Self.flushTimeout)
            return "sent \(count)"
        case ("settle", 1): return try await settle()
        case ("postgres", 2):
            if words[1] == "start" {
                try postgres.restart()
                connection.close()
            } else if words[1] == "kill" {
                postgres.kill()
            } else {
                return nil
            }
            return "postgres \(words[1])"
        default: return nil
        }
    }

    private func play(_ count: Int) throws -> String {
        let next = scenes.prefix(count)
        for scene in next { _ = try player.play(scene) }
        scenes = scenes.dropFirst(count)
        return "played \(next.count)"
    }

    /// Says of matches what everybody knows already; every `step`-th of them in turn.
    private func flood(_ count: Int, _ step: Int) throws -> String {
        let matches = try connection.query("select id from match order by id").compactMap {
            $0[0].flatMap { Int64($0) }
        }
        let chosen = matches.filter { $0 % Int64(step) == 0 }
        guard !chosen.isEmpty else { return "none" }
        for number in 0..<count {
            let event = LeagueEvent(
                type: "match.updated", entity: chosen[number % chosen.count], season: LeagueSeason.id, version: 1)
            try producer.produce(topic: SeasonPlayer.topic, key: event.key, value: event.value)
        }
        try producer.flush(within: Self.flushTimeout)
        return "sent \(count)"
    }

    /// Waits until every record there is was applied.
    private func settle() async throws -> String {
        let partitions = (0..<Int32(DevBroker.partitions)).map { Partition(topic: SeasonPlayer.topic, number: $0) }
        let retries = partitions.map {
            Partition(topic: "\(SeasonPlayer.topic).\(Self.deployment).retry", number: $0.number)
        }
        let end = MachineClock.now() + Self.settleTimeout
        while MachineClock.now() < end {
            // A broker that is busy is asked again.
            guard let ends = try? (partitions + retries).map({ ($0, try admin.watermarks($0).high) }) else { continue }
            let record = try? await cache.look(partitions + retries).record
            if let record, ends.allSatisfy({ $0.1 == 0 || record.checkpoints[$0.0]?.offset ?? -1 >= $0.1 }) {
                return "settled"
            }
            usleep(50_000)
        }
        throw CommandFailure(.found, "not everything was applied within 90 s")
    }
}
