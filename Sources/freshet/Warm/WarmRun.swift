import CommandKit
import FreshetConfig
import FreshetCore
import FreshetWorker
import PostgresLink
import Synchronization
import Wiring

/// Several warmers side by side: while one waits for PostgreSQL, another one writes. The kinds' lists are streamed
/// once, and each page is taken by one of them.
final class WarmRun: Sendable {
    private struct State {
        var streams: [KindIndex: SharedRows] = [:]
        /// By warmer, what it has done so far.
        var reports: [WarmReport]
        /// One of them failed: the others end as well.
        var isFailed = false
    }

    private let deployment: Deployment
    private let settings: WarmSettings
    private let parallel: Int
    private let surroundings: any Surroundings
    private let stop: Stop
    private let state: Mutex<State>

    init(
        _ deployment: Deployment, _ settings: WarmSettings, parallel: Int, _ surroundings: any Surroundings,
        _ stop: Stop
    ) {
        self.deployment = deployment
        self.settings = settings
        self.parallel = parallel
        self.surroundings = surroundings
        self.stop = stop
        let empty = WarmReport(kinds: deployment.graph.graph.kinds.count)
        state = Mutex(State(reports: Array(repeating: empty, count: parallel)))
    }

    /// What all have done so far.
    var report: WarmReport {
        let empty = WarmReport(kinds: deployment.graph.graph.kinds.count)
        return state.withLock { $0.reports.reduce(empty) { $0 + $1 } }
    }

    func run() async throws -> WarmReport {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<parallel {
                group.addTask { [self] in
                    try await LaneThread.run("warm-\(number)") { [self] in
                        do { try await warm(number) } catch {
                            state.withLock { $0.isFailed = true }
                            throw error
                        }
                    }
                }
            }
            try await group.waitForAll()
        }
        return report
    }

    private func warm(_ number: Int) async throws(Fault) {
        let models = PostgresReadModels(
            deployment.settings.postgresSettings, statements: deployment.graph.graph.statements)
        defer { models.disconnect() }
        let pace = deployment.pace(.warm, surroundings, of: parallel)
        let warmer = Warmer(
            graph: deployment.graph.graph, cache: deployment.cache(),
            models: pace.map { PacedModels(models, $0) } ?? models, surroundings: surroundings, settings: settings,
            isStopping: { [self] in stop.isRequested || state.withLock { $0.isFailed } },
            progress: { [self] report in state.withLock { $0.reports[number] = report } })
        let done = try await warmer.run { [self] (kind) throws(Fault) in
            let ids = try stream(kind)
            return pace.map { PacedRows(ids, $0) } ?? ids
        }
        state.withLock { $0.reports[number] = done }
    }

    private func stream(_ kind: KindIndex) throws(Fault) -> SharedRows {
        if let known = state.withLock({ $0.streams[kind] }) { return known }
        let fresh = SharedRows(
            try deployment.warmIDs(kind, top: settings.top, pageRows: settings.pageEntities), users: parallel)
        return state.withLock { state in
            // It connects with its first page: one that lost the race was never used.
            let stream = state.streams[kind] ?? fresh
            state.streams[kind] = stream
            return stream
        }
    }
}
