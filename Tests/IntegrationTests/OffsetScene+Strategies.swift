import Foundation
import FreshetCore
import Testing

/// A class of recovery with one strategy after the other.
extension OffsetScene {
    /// Where a partition stood before the worker came.
    private struct Before {
        var low: Int64
        var committed: Int64?
        var checkpoint: Checkpoint?

        /// Every offset from here on is to be accounted for.
        func base(_ found: RecoveryClass, start: Int64) -> Int64 {
            if found == .missing || found == .truncated { return low }
            return checkpoint?.offset ?? min(start, committed ?? low)
        }
    }

    /// Events of two hours ago and of now: a strategy by time skips the first and applies the others.
    func playOldAndNew() throws {
        play.age = 7_200_000
        try play.playMatches(12)
        play.age = 0
        try play.playMatches(12)
    }

    /// `event` brings the class about, once for each strategy but `halt`, which leaves it to the next one.
    func recoverByAll(_ found: RecoveryClass, settings: String = "", event: () async throws -> Void) async throws {
        try await event()
        var isThere = true
        let strategies = found.strategies
        for strategy in strategies.filter({ $0 == .halt }) + strategies.filter({ $0 != .halt }) {
            if !isThere { try await event() }
            _ = try await recover(found, strategy, settings: settings)
            isThere = strategy == .halt
        }
    }

    /// `doing`: what is done in the end, where that is something else.
    func recover(
        _ found: RecoveryClass, _ strategy: RecoveryStrategy, doing: RecoveryStrategy? = nil, settings: String = ""
    ) async throws -> WorkerProcess {
        let name = "\(found.rawValue)-\(strategy.rawValue)"
        let config = "\(bench.folder.path)/\(name).yaml"
        let comma = settings.isEmpty ? "" : ", "
        try bench.writeConfig(
            config, extra: "offsets: {\(found.rawValue): \(strategy.rawValue), rewind: 1h\(comma)\(settings)}")
        let before = try await places()
        let next = try describe(config).compactMap { row -> String? in
            guard row["class"] as? String == found.rawValue else { return nil }
            return (row["next"] as? [String: Any])?["strategy"] as? String
        }
        #expect(!next.isEmpty && next.allSatisfy { $0 == (doing ?? strategy).rawValue }, "\(name): \(next)")
        let worker = try bench.worker(name, config: config)
        if strategy == .halt {
            let code = try await worker.end()
            #expect(code == 4, "\(name): \(worker.output.suffix(2_000))")
            #expect(worker.output.contains("its strategy is 'halt'"))
            let after = try await places()
            #expect(after.mapValues(\.committed) == before.mapValues(\.committed), "\(name)")
            #expect(after.mapValues(\.checkpoint) == before.mapValues(\.checkpoint), "\(name)")
            return worker
        }
        try await worker.ready()
        try await bench.catchUp(play)
        let decided = worker.found(found.rawValue, (doing ?? strategy).rawValue, topic: bench.topic)
        #expect(decided == next.count, "\(name): \(worker.output.suffix(4_000))")
        try bench.expectVerified(name)
        let verdict = try await CacheOracle(bench: bench).compare()
        #expect(verdict.stale == [], "\(name)")
        let account = try await worker.stop()
        #expect(account.count("adds-up") == 1, "\(name)")
        try await bench.isLeft()
        try await expectAccounted(name, found, before, worker)
        #expect(try describe().allSatisfy { $0["class"] as? String == "none" }, "after \(name)")
        return worker
    }

    private func places() async throws -> [Partition: Before] {
        let partitions = Array(play.ends.keys)
        let record = try await bench.cache().look(partitions).record
        let committed = try bench.committed(play)
        return try partitions.reduce(into: [:]) { places, partition in
            places[partition] = Before(
                low: try admin.watermarks(partition).low, committed: committed[partition],
                checkpoint: record?.checkpoints[partition])
        }
    }

    /// Records counted beside the checkpoints and skipped ones are all that there were.
    private func expectAccounted(
        _ name: String, _ found: RecoveryClass, _ before: [Partition: Before], _ worker: WorkerProcess
    ) async throws {
        let after = try await places()
        let decisions = try worker.decisions()
        for (partition, end) in play.ends {
            let place = try #require(before[partition])
            let counts = after[partition]?.checkpoint?.counts.total ?? 0
            let counted = counts - (place.checkpoint?.counts.total ?? 0)
            let decision = decisions[partition.description]
            let start = decision?.start ?? place.checkpoint?.offset ?? 0
            let skipped = decision?.skipped ?? 0
            #expect(
                counted + skipped == end - place.base(found, start: start),
                "\(name), \(partition): \(counted) counted, \(skipped) skipped, from \(place) to \(end)")
        }
    }
}

extension WorkerProcess {
    /// What the log says of each partition.
    func decisions() throws -> [String: (start: Int64, skipped: Int64)] {
        try said("recovery-decided").reduce(into: [:]) { found, line in
            let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any] ?? [:]
            let start = (object["start"] as? NSNumber)?.int64Value ?? -1
            let skipped = (object["skipped"] as? NSNumber)?.int64Value ?? -1
            found[object["partition"] as? String ?? ""] = (start, skipped)
        }
    }
}
