/// How much is measured.
package struct BenchPlan: Sendable {
    package var isQuick = false
    /// Entities with rows; fewer where each has many others that it reaches.
    package var entities = 200_000
    /// Events of a backlog with many for each entity.
    package var events = 1_000_000
    /// Entities that they name.
    package var busyEntities = 1_000
    package var rounds = 5
    package var cases: [BenchCase] = []
    /// Whether the parts are measured, and replays.
    package var measuresParts = true
    /// Parts of the highest rate at which the latency is measured.
    package var loads: [Double] = []
    /// Seconds for which the latency is measured, and a part.
    package var latencySeconds = 8.0
    package var limitSeconds = 2.0
    /// Seconds of load before the first event that counts.
    package var latencyWarmUp = 1.0
    /// How often the keys are put back and removed, where removing is measured: once takes too short a time.
    package var removals = 3
    /// Rows of the tables that `freshet warm` loads; the last and largest gives the ratio.
    package var warmRows: [Int] = []
    /// One thing varied after the other: `freshet bench --scale`.
    package var dimensions: [ScaleDimension] = []

    /// The usual cases.
    private static let usual = BenchCase.Mode.allCases.flatMap { mode in
        [false, true].map { isUnique in BenchCase().with { ($0.mode, $0.isUnique) = (mode, isUnique) } }
    }

    /// Under a minute, on the embedded broker: it keeps 5 MiB a partition.
    package static let quick: BenchPlan = {
        var plan = BenchPlan()
        plan.isQuick = true
        plan.entities = 40_000
        plan.events = 220_000
        plan.busyEntities = 500
        plan.rounds = 1
        plan.cases = usual
        plan.loads = [0.5]
        plan.latencySeconds = 1.5
        plan.latencyWarmUp = 0.5
        plan.limitSeconds = 0.3
        plan.removals = 2
        return plan
    }()

    /// Everything, each thing varied by itself.
    package static let full: BenchPlan = {
        var plan = BenchPlan()
        plan.loads = [0.1, 0.5, 0.8]
        plan.warmRows = [100_000, 800_000]
        plan.cases = usual
        for base in usual where base.isUnique {
            plan.cases += [1, 50].map { fanOut in base.with { $0.fanOut = fanOut } }
            plan.cases += [1, 4].map { lanes in base.with { $0.lanes = lanes } }
            plan.cases.append(base.with { $0.documentBytes = 4096 })
        }
        for base in usual where !base.isUnique {
            plan.cases += [1, 4].map { lanes in base.with { $0.lanes = lanes } }
            plan.cases.append(base.with { $0.partitions = 200 })
        }
        return plan
    }()

    /// Only `freshet warm`.
    package static let warm: BenchPlan = {
        var plan = full
        plan.cases = []
        plan.rounds = 3
        return plan
    }()

    /// How cost grows.
    package static let scale: BenchPlan = {
        var plan = BenchPlan()
        plan.entities = 80_000
        plan.busyEntities = 20_000
        plan.rounds = 3
        plan.measuresParts = false
        plan.dimensions = ScaleDimension.all
        var seen: Set<BenchCase> = []
        plan.cases = plan.dimensions.flatMap(\.cases).filter { seen.insert($0).inserted }
        return plan
    }()

    /// Rows stay within what a small machine holds in memory.
    func entities(of bench: BenchCase) -> Int {
        let keys = 1_000_000 / (1 + bench.fanOut)
        let documents = 200_000_000 / (bench.documentBytes + bench.fanOut * BenchTables.viewBytes)
        return max(1_000, min(entities, keys, documents))
    }

    func backlog(of bench: BenchCase) -> BenchBacklog {
        let rows = entities(of: bench)
        return bench.isUnique
            ? BenchBacklog(events: rows, entities: rows, partitions: bench.partitions)
            : BenchBacklog(
                events: bench.events ?? events, entities: min(busyEntities, rows), partitions: bench.partitions)
    }

    /// What the cases' events go through, each once, in the order in which it is shown.
    package var parts: [BenchPart] {
        guard measuresParts else { return [] }
        var seen: Set<BenchPart> = []
        let parts = cases.flatMap(BenchPart.all).filter { seen.insert($0).inserted }
        return BenchPart.Work.allCases.flatMap { work in parts.filter { $0.work == work } }
    }

    /// Cases whose latency is measured.
    var latencyCases: [BenchCase] { loads.isEmpty ? [] : cases.filter { $0.isUsual && $0.isUnique } }
    var latencyLaps: Int { latencyCases.count * loads.count }

    /// Workers of one group shall come into its first generation together.
    var brokerSettings: [String] {
        cases.contains { $0.workers > 1 } ? ["group.initial.rebalance.delay.ms=1000"] : []
    }
}
