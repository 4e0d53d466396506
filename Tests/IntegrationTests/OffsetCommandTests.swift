import Foundation
import FreshetCore
import KafkaLink
import TestServers
import Testing

/// `freshet offsets reset`, `freshet lag` and `freshet purge`: the real binary beside real workers.
@Suite struct OffsetCommandTests {
    /// On a real Kafka where one can be had: the embedded one doesn't know who is in a group.
    private static let brokers = KafkaBrokers.hasReal ? KafkaBrokers.real : .mock

    private func run(_ bench: WorkerBench, _ words: String...) throws -> DlqBench.Result {
        try DlqProcess(words + ["--config", bench.config], folder: bench.folder.path, input: nil).end()
    }

    @Test func aRunningGroupGoesBack() async throws {
        let bench = try WorkerBench(Self.brokers)
        let play = try LeaguePlay(bench)
        try play.announceAll()
        let worker = try bench.worker()
        try await worker.ready()
        try await bench.catchUp(play)
        let dry = try run(bench, "offsets", "reset", "--topic", bench.topic, "--to-earliest")
        #expect(dry.code == 0, "\(dry.err)")
        #expect(dry.out.contains("re-reads"))
        #expect(dry.out.contains("Nothing was changed; add --execute."))
        #expect(worker.found("moved", "follow") == 0)

        let done = try run(bench, "offsets", "reset", "--topic", bench.topic, "--to-earliest", "--execute")
        #expect(done.code == 0, "\(done.out) \(done.err)")
        try await wait("it says so") {
            worker.found("moved", "follow", topic: bench.topic) == WorkerBench.partitions
        }
        try await wait("everything is committed again") { try bench.committed(play) == play.ends }
        #expect(try await bench.counts(play).total == Int64(play.produced), "none counted twice")
        #expect(try await CacheOracle(bench: bench).compare().stale == [])
        let account = try await worker.stop()
        #expect(account.count("adds-up") == 1)
        #expect(account.count("repeated") >= play.produced)
    }

    @Test func goingForwardSkipsLoudly() async throws {
        let scene = try await OffsetScene(Self.brokers)
        let (bench, play) = (scene.bench, scene.play)
        let before = try await bench.counts(play).total
        try play.playMatches(60)
        let skipped = play.produced - Int(before)
        #expect(try run(bench, "lag", "--max", "10").code == 1)
        #expect(try run(bench, "lag").out.hasPrefix("lag \(skipped) records, "))

        let plan = "\(bench.folder.path)/plan.csv"
        let exported = try run(bench, "offsets", "reset", "--topic", bench.topic, "--to-latest", "--export")
        try exported.out.write(toFile: plan, atomically: true, encoding: .utf8)
        let refused = try run(bench, "offsets", "reset", "--topic", bench.topic, "--from-file", plan, "--execute")
        #expect(refused.code == 2)
        #expect(refused.err.contains("This SKIPS \(skipped) records"))
        _ = try run(
            bench, "offsets", "reset", "--topic", bench.topic, "--from-file", plan, "--execute", "--yes", "--wait",
            "1s")
        #expect(try scene.describe().allSatisfy { ($0["next"] as? [String: Any])?["ordered"] as? Bool == true })

        let worker = try bench.worker("next")
        try await worker.ready()
        try await bench.catchUp(play)
        #expect(worker.found("moved", "follow", topic: bench.topic) == WorkerBench.partitions)
        #expect(try await CacheOracle(bench: bench).compare().stale == [], "what was skipped is not stale")
        let account = try await worker.stop()
        #expect(account.count("adds-up") == 1)
        let rows = try scene.describe().compactMap { $0["last-decision"] as? [String: Any] }
        #expect(rows.reduce(0) { $0 + ($1["skipped"] as? Int ?? 0) } == skipped)
        #expect(try await bench.counts(play).total == before, "what was skipped is not counted as applied")
        #expect(try run(bench, "lag", "--max", "0").code == 0)
    }

    @Test func whatIsNotMeantIsRefused() throws {
        let bench = try WorkerBench(.mock)
        for words in [
            ["--topic", bench.topic], ["--to-earliest"], ["--topic", bench.topic, "--to-earliest", "--to-latest"],
            ["--topic", "nothing", "--to-earliest"], ["--topic", "\(bench.topic):9", "--to-earliest"],
            ["--topic", bench.topic, "--by-duration", "soon"], ["--topic", bench.topic, "--from-file", "/nowhere"],
            ["--topic", bench.topic, "--to-earliest"],
        ] {
            let done = try DlqProcess(
                ["offsets", "reset", "--config", bench.config] + words, folder: bench.folder.path, input: nil
            ).end()
            #expect(done.code == 2, "\(words): \(done.out)")
        }
    }

    @Test func aPurgeLeavesNothing() async throws {
        let bench = try WorkerBench(Self.brokers)
        let play = try LeaguePlay(bench)
        try play.announceAll()
        let worker = try bench.worker()
        try await worker.ready()
        try await bench.catchUp(play)
        if Self.brokers == .real {
            let early = try run(bench, "purge", "--execute", "--yes")
            #expect(early.code == 2)
            #expect(early.err.contains("stop the workers first"))
        }
        _ = try await worker.stop()
        try await bench.isLeft()
        let size = try bench.cache().command("DBSIZE").int ?? 0
        #expect(size > 100)
        _ = try bench.cache().command("SET", "another:key", "stays")
        let without = Self.brokers == .real ? [] : ["--without-kafka"]
        func purge(_ words: [String], config: String? = nil) throws -> DlqBench.Result {
            try DlqProcess(
                ["purge", "--config", config ?? bench.config] + words + without, folder: bench.folder.path, input: nil
            ).end()
        }
        #expect(try purge([]).code == 0)
        #expect(try purge(["--execute"]).code == 2)
        #expect(try bench.cache().command("DBSIZE").int == size + 1)
        let other = "\(bench.folder.path)/other.yaml"
        try bench.writeConfig(other, deployment: "shop")
        #expect(try purge(["--execute", "--yes"], config: other).err.contains("belong to deployment `tests`"))
        let done = try purge(["--execute", "--yes"])
        #expect(done.code == 0, "\(done.err)")
        #expect(try bench.cache().command("DBSIZE").int == 1)
    }
}
