import CommandKit
import DevLeague
import Foundation
import FreshetConfig
import FreshetCore
import Glibc
import LocalServers
import RedisLink

/// `freshet worker` as a child process, watched from outside: what is measured is what a user runs.
final class BenchWorker {
    let graph: Graph
    private let servers: BenchServers
    private let bench: BenchCase
    private let topic: String
    private let process: ServerProcess
    private let cache: RedisCacheStore
    let config: String
    let log: String
    /// Milliseconds for anything that must happen.
    private static let patience: UInt64 = 120_000

    /// Runs it until it has its partitions.
    init(_ bench: BenchCase, topic: String, _ servers: BenchServers, lap: String) throws {
        self.bench = bench
        self.topic = topic
        self.servers = servers
        let group = "bench-\(lap)"
        let graphFile = try servers.write(BenchTables.graph(bench, topic: topic), "graph-\(lap).yaml")
        graph = try GraphFile.load(path: graphFile).graph
        config = try servers.write(
            BenchTables.configuration(bench, servers, graph: graphFile, group: group), "freshet-\(lap).yaml")
        log = "\(servers.folder.path)/worker-\(lap).log"
        let status = "\(servers.folder.path)/status-\(lap).json"
        process = try ServerProcess(
            executable: try OwnExecutable.path(), arguments: ["worker", "--config", config, "--status-file", status],
            log: log, pidFile: "\(log).pid")
        cache = RedisCacheStore(
            settings: RedisSettings(port: servers.redis.port), namespace: graph.namespace, group: group,
            pendingLimit: 1_000)
        try until("it has its partitions", every: 500) {
            guard process.isRunning else { throw stuck("it has its partitions") }
            let text = (try? String(contentsOfFile: status, encoding: .utf8)) ?? ""
            return text.contains(#""state":"ready""#) && text.contains("\(topic)[")
        }
    }

    /// From the moment at which it has its partitions until the last event of the backlog is applied.
    func workOff(_ events: Int) async throws -> Lap {
        let watch = Stopwatch(servers)
        let own = ProcessTimes.single(process.pid)
        let partitions = (0..<Int32(bench.partitions)).map { Partition(topic: topic, number: $0) }
        // Few enough looks to cost Redis nothing worth naming.
        let pause: UInt32 = bench.partitions > 50 ? 20_000 : 2_000
        let end = MachineClock.now() + Self.patience * 1_000_000
        while true {
            let checkpoints = try await cache.look(partitions).record?.checkpoints ?? [:]
            if checkpoints.values.reduce(0, { $0 + $1.counts.total }) >= Int64(events) { break }
            guard process.isRunning, MachineClock.now() < end else { throw stuck("the backlog is worked off") }
            usleep(pause)
        }
        var lap = watch.lap(events)
        lap.worker = ProcessTimes.single(process.pid) - own
        lap.memory = ProcessTimes.peakMemory(process.pid)
        return lap
    }

    /// Ends it in good order, and has every key compared.
    func finish(verify: Bool) throws {
        process.send(SIGTERM)
        try until("it ends", every: 5_000) { !process.isRunning }
        guard process.exitStatus == 0 else { throw stuck("it ends well") }
        let text = (try? String(contentsOfFile: log, encoding: .utf8)) ?? ""
        guard text.contains(#""adds-up":true"#) else { throw stuck("its account adds up") }
        guard verify else { return }
        let check = try ServerProcess(
            executable: try OwnExecutable.path(), arguments: ["verify", "--config", config], log: "\(log).verify",
            pidFile: "\(log).verify.pid")
        try until("every key is compared", every: 5_000) { !check.isRunning }
        guard check.exitStatus == 0 else {
            throw CommandFailure(.found, "\(bench.name): `freshet verify` found something: \(check.lastWords)")
        }
    }

    private func until(_ what: String, every microseconds: UInt32, _ isSo: () throws -> Bool) throws {
        let end = MachineClock.now() + Self.patience * 1_000_000
        while try !isSo() {
            guard MachineClock.now() < end else { throw stuck(what) }
            usleep(microseconds)
        }
    }

    private func stuck(_ what: String) -> CommandFailure {
        CommandFailure(.fatal, "\(bench.name): waited in vain until \(what). The worker said: \(process.lastWords)")
    }
}
