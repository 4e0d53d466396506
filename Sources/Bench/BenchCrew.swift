import CommandKit
import DevLeague
import Foundation
import FreshetConfig
import FreshetCore
import Glibc
import LocalServers
import RedisLink

/// The workers of a group, watched from outside: what is measured is what a user runs.
final class BenchCrew {
    let graph: Graph
    let config: String
    private let servers: BenchServers
    private let bench: BenchCase
    private let topic: String
    private let workers: [BenchWorker]
    private let cache: RedisCacheStore
    /// From the moment at which the first has its partitions.
    private let watch: Stopwatch
    private let own: Double
    /// Milliseconds for anything that must happen.
    private static let patience: UInt64 = 120_000

    var log: String { workers[0].log }

    /// Runs them until all have their partitions.
    init(_ bench: BenchCase, topic: String, _ servers: BenchServers, lap: String) throws {
        self.bench = bench
        self.topic = topic
        self.servers = servers
        let group = "bench-\(lap)"
        let graphFile = try servers.write(BenchTables.graph(bench, topic: topic), "graph-\(lap).yaml")
        graph = try GraphFile.load(path: graphFile).graph
        config = try servers.write(
            BenchTables.configuration(bench, servers, graph: graphFile, group: group), "freshet-\(lap).yaml")
        cache = RedisCacheStore(
            settings: RedisSettings(port: servers.redis.port), namespace: graph.namespace, group: group,
            pendingLimit: 1_000)
        let (config, folder) = (config, servers.folder.path)
        let workers = try (0..<bench.workers).map { number in
            try BenchWorker(config: config, topic: topic, folder: folder, name: "\(lap)-\(number)")
        }
        self.workers = workers
        try Self.until("\(bench.name): a worker has its partitions", workers, every: 500) {
            workers.contains { $0.partitions > 0 }
        }
        watch = Stopwatch(servers)
        own = workers.reduce(0) { $0 + $1.cpuSeconds }
        let all = bench.partitions
        try Self.until("\(bench.name): all partitions are given", workers, every: 500) {
            workers.reduce(0) { $0 + $1.partitions } >= all
        }
        guard workers.allSatisfy({ $0.partitions > 0 }) else {
            throw CommandFailure(
                .unreachable,
                "\(bench.name): the group began without some of its workers. Its broker's "
                    + "group.initial.rebalance.delay.ms should be 1000 or more.")
        }
    }

    /// Until the last event of the backlog is applied.
    func workOff(_ events: Int) async throws -> Lap {
        let partitions = (0..<Int32(bench.partitions)).map { Partition(topic: topic, number: $0) }
        // Few enough looks to cost Redis nothing worth naming.
        let pause: UInt32 = bench.partitions > 50 ? 20_000 : 2_000
        let end = MachineClock.now() + Self.patience * 1_000_000
        while true {
            let checkpoints = try await cache.look(partitions).record?.checkpoints ?? [:]
            if checkpoints.values.reduce(0, { $0 + $1.counts.total }) >= Int64(events) { break }
            guard workers.allSatisfy(\.process.isRunning), MachineClock.now() < end else {
                throw Self.stuck("\(bench.name): the backlog is worked off", workers)
            }
            usleep(pause)
        }
        var lap = watch.lap(events)
        lap.worker = workers.reduce(0) { $0 + $1.cpuSeconds } - own
        lap.memory = workers.map(\.peakMemory).max()
        return lap
    }

    /// Ends them in good order; their writes that were refused, as a part of all keys.
    func finish() throws -> Double {
        for worker in workers { worker.process.send(SIGTERM) }
        try Self.until("\(bench.name): it ends", workers, every: 5_000) {
            workers.allSatisfy { !$0.process.isRunning }
        }
        let accounts = workers.compactMap { $0.process.exitStatus == 0 ? $0.account : nil }
        guard accounts.count == workers.count, accounts.allSatisfy(\.isWhole) else {
            throw Self.stuck("\(bench.name): it ends well, and its account adds up", workers)
        }
        let refused = accounts.reduce(0) { $0 + $1.refused }
        return Double(refused) / Double(max(1, accounts.reduce(0) { $0 + $1.refreshed + $1.invalidated }))
    }

    /// Has every key compared.
    func verify() throws {
        // As fast as it goes: nobody else needs the servers now.
        let check = try ServerProcess(
            executable: try OwnExecutable.path(), arguments: ["verify", "--config", config, "--rate", "10000000"],
            log: "\(log).verify", pidFile: "\(log).verify.pid")
        let end = MachineClock.now() + Self.patience * 1_000_000
        while check.isRunning && MachineClock.now() < end { usleep(5_000) }
        guard check.exitStatus == 0 else {
            throw CommandFailure(.found, "\(bench.name): `freshet verify` found something: \(check.lastWords)")
        }
    }

    private static func until(
        _ what: String, _ workers: [BenchWorker], every microseconds: UInt32, _ isSo: () throws -> Bool
    ) throws {
        let end = MachineClock.now() + patience * 1_000_000
        while try !isSo() {
            let ended = workers.contains { !$0.process.isRunning && $0.process.exitStatus != 0 }
            guard !ended, MachineClock.now() < end else { throw stuck(what, workers) }
            usleep(microseconds)
        }
    }

    private static func stuck(_ what: String, _ workers: [BenchWorker]) -> CommandFailure {
        let words = workers.map(\.process.lastWords).joined(separator: " | ")
        return CommandFailure(.fatal, "Waited in vain: \(what). The worker said: \(words)")
    }
}
