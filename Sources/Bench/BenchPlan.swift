/// How much is measured.
package struct BenchPlan: Sendable {
    package var isQuick: Bool
    /// Entities with rows; fewer where each has many others that it reaches.
    package var entities: Int
    /// Events of a backlog.
    package var events: Int
    /// Entities that the events of a backlog with many events for each name.
    package var busyEntities: Int
    package var rounds: Int
    package var cases: [BenchCase]
    /// Parts of the highest rate at which the latency is measured.
    package var loads: [Double]
    /// Seconds for which the latency is measured, and a limit of a part.
    package var latencySeconds: Double
    package var limitSeconds: Double
    /// Rows of the tables that `freshet warm` loads; the last and largest gives the ratio.
    package var warmRows: [Int] = []

    /// Under a minute, on the embedded broker: it keeps 5 MiB a partition.
    package static let quick = BenchPlan(
        isQuick: true, entities: 25_000, events: 240_000, busyEntities: 500, rounds: 1,
        cases: BenchCase.Mode.allCases.flatMap { mode in
            [false, true].map { isUnique in BenchCase().with { ($0.mode, $0.isUnique) = (mode, isUnique) } }
        }, loads: [0.5], latencySeconds: 2, limitSeconds: 0.5)

    /// Everything, each thing varied by itself.
    package static let full: BenchPlan = {
        var plan = quick
        plan.isQuick = false
        plan.entities = 200_000
        plan.events = 1_000_000
        plan.busyEntities = 1_000
        plan.rounds = 5
        plan.loads = [0.1, 0.5, 0.8]
        plan.latencySeconds = 8
        plan.limitSeconds = 2
        plan.warmRows = [100_000, 800_000]
        let usual = plan.cases
        for base in usual where base.isUnique {
            plan.cases += [1, 50].map { fanOut in base.with { $0.fanOut = fanOut } }
            plan.cases += [1, 4].map { lanes in base.with { $0.lanes = lanes } }
            plan.cases.append(base.with { $0.documentBytes = 4096 })
        }
        plan.cases += usual.filter { !$0.isUnique }.map { base in base.with { $0.partitions = 200 } }
        return plan
    }()

    /// Only `freshet warm`.
    package static let warm: BenchPlan = {
        var plan = full
        plan.cases = []
        plan.rounds = 3
        return plan
    }()

    /// Rows stay within what a small machine holds in memory.
    func entities(of bench: BenchCase) -> Int {
        let rows = 1_000_000 * 200 / max(200, bench.documentBytes)
        return max(1_000, min(entities, rows / (1 + bench.fanOut)))
    }
}
