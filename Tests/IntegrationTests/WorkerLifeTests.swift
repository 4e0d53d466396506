import Foundation
import FreshetCore
import TestServers
import Testing

/// How a worker starts, and how it ends.
@Suite struct WorkerLifeTests {
    @Test(arguments: KafkaBrokers.available)
    func anOrderlyEndCommitsWhatIsApplied(_ brokers: KafkaBrokers) async throws {
        let bench = try WorkerBench(brokers, extra: "")
        let play = try LeaguePlay(bench)
        try play.announceAll()
        let worker = try bench.worker()
        try await worker.ready()
        try await bench.catchUp(play)
        _ = try await worker.stop()
        #expect(try bench.committed(play) == play.ends)
        // Nothing is left for the next one.
        let next = try bench.worker("next")
        try await next.ready()
        #expect(try await next.stop().count("received") == 0)
    }

    @Test(arguments: KafkaBrokers.available)
    func anotherDeploymentOnThePrefixIsRefused(_ brokers: KafkaBrokers) async throws {
        let bench = try WorkerBench(brokers)
        _ = try LeaguePlay(bench)
        let first = try bench.worker("first")
        try await first.ready()
        let config = "\(bench.folder.path)/other.yaml"
        try bench.writeConfig(config, deployment: "shop")
        let other = try bench.worker("other", config: config)
        #expect(try await other.end() == 2)
        #expect(
            other.output.contains(
                "the keys under the prefix `v1` belong to the deployment `tests`, and this one is `shop`"))
        #expect(try await first.stop().count("adds-up") == 1)
    }

    @Test(arguments: KafkaBrokers.available)
    func aSecondSignalEndsItAtOnce(_ brokers: KafkaBrokers) async throws {
        let bench = try WorkerBench(brokers)
        let play = try LeaguePlay(bench)
        try play.announceAll()
        let worker = try bench.worker()
        try await worker.ready()
        bench.redis.suspend()
        defer { bench.redis.resume() }
        try play.playMatches(20)
        try await wait("the worker is paused") { !worker.said("dependency-paused").isEmpty }
        worker.signal(SIGTERM)
        try await wait("the worker is stopping") { !worker.said("worker-stopping").isEmpty }
        worker.signal(SIGTERM)
        #expect(try await worker.end() == 130)
    }

    @Test(arguments: KafkaBrokers.available)
    func anEndDuringAnOutageKeepsItsBound(_ brokers: KafkaBrokers) async throws {
        let bench = try WorkerBench(brokers, extra: "")
        let config = "\(bench.folder.path)/short.yaml"
        try bench.writeConfig(config)
        let text = try String(contentsOfFile: config, encoding: .utf8)
        try text.replacing("  commit-interval: 200ms", with: "  commit-interval: 200ms\n  shutdown-timeout: 2s")
            .write(toFile: config, atomically: true, encoding: .utf8)
        let play = try LeaguePlay(bench)
        try play.announceAll()
        let worker = try bench.worker(config: config)
        try await worker.ready()
        try await bench.catchUp(play)
        bench.redis.kill()
        try play.playMatches(20)
        try await wait("the worker is paused") { !worker.said("dependency-paused").isEmpty }
        let account = try await worker.stop(within: 40)
        #expect(account.count("adds-up") == 1)
    }

    @Test func serversThatAreNotThereAreTold() async throws {
        let bench = try WorkerBench(.mock)
        bench.redis.stop()
        let worker = try bench.worker()
        #expect(try await worker.end() == 3)
        #expect(worker.output.contains("redis can't be used: "))
        #expect(worker.output.contains("127.0.0.1:\(bench.redis.port)"))
        #expect(worker.output.contains("Check `redis.host`"))
        #expect(!worker.lines.contains("ready"))
    }

    @Test func aBadConfigurationIsToldWhole() async throws {
        let bench = try WorkerBench(.mock)
        let config = "\(bench.folder.path)/bad.yaml"
        try "graph: none.yaml\nkafka:\n  bootstrp: x\nredis:\n  port: many\n".write(
            toFile: config, atomically: true, encoding: .utf8)
        let worker = try bench.worker(config: config)
        #expect(try await worker.end() == 2)
        #expect(worker.output.contains("bad.yaml:3: kafka.bootstrp"))
        #expect(worker.output.contains("bad.yaml:5: redis.port"))
    }
}
