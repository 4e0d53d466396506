import Testing

@testable import Bench

@Suite struct BenchPlanTests {
    @Test(arguments: [BenchPlan.quick, .full, .scale])
    func casesHaveNamesOfTheirOwn(_ plan: BenchPlan) {
        #expect(Set(plan.cases.map(\.name)).count == plan.cases.count)
        #expect(Set(plan.parts.map(\.name)).count == plan.parts.count)
    }

    /// What each case's events go through is measured, so that every case has a ratio.
    @Test(arguments: [BenchPlan.quick, .full])
    func everyCaseHasARatio(_ plan: BenchPlan) {
        var report = BenchReport(plan, broker: "none")
        let lap = Lap(units: 1, seconds: 1, worker: 0, redis: 0, postgres: 0)
        for part in plan.parts { report.add(part: part, lap) }
        for bench in plan.cases { report.add(bench, lap) }
        #expect(report.ratios.map(\.bench) == plan.cases)
    }

    @Test func theFullPlanVariesEverything() {
        let cases = BenchPlan.full.cases
        for mode in BenchCase.Mode.allCases {
            let own = cases.filter { $0.mode == mode }
            #expect(Set(own.map(\.isUnique)) == [false, true])
            #expect(Set(own.map(\.fanOut)) == [1, 4, 50])
            #expect(Set(own.map(\.documentBytes)) == [200, 4096])
            #expect(Set(own.map(\.lanes)) == [1, 2, 4])
            #expect(Set(own.map(\.partitions)) == [4, 200])
        }
        #expect(BenchPlan.full.loads == [0.1, 0.5, 0.8])
        #expect(BenchPlan.full.rounds >= 5)
        let works = Set(BenchPlan.full.parts.map(\.work))
        #expect(works == Set(BenchPart.Work.allCases))
    }

    /// One thing differs within a dimension, and nothing else.
    @Test func theScaleVariesOneThingAtATime() {
        let sizes = BenchPlan.scale.dimensions.map(\.values.count)
        #expect(sizes == [4, 3, 3, 3, 4, 4])
        func neutral(_ bench: BenchCase, _ dimension: String) -> BenchCase {
            bench.with { bench in
                switch dimension {
                case "events in the backlog": bench.events = nil
                case "partitions": bench.partitions = 0
                case "lanes of a worker": bench.lanes = 0
                case "workers of the group": bench.workers = 0
                case "bytes of a document": bench.documentBytes = 0
                default: bench.fanOut = 0
                }
            }
        }
        for dimension in BenchPlan.scale.dimensions {
            let cases = dimension.cases
            #expect(Set(cases).count == 2 * dimension.values.count)
            #expect(Set(cases.map { neutral($0, dimension.name) }).count == BenchCase.Mode.allCases.count)
        }
    }

    /// The embedded broker keeps 5 MiB a partition.
    @Test func theQuickPlanFitsTheEmbeddedBroker() {
        for bench in BenchPlan.quick.cases {
            let backlog = BenchPlan.quick.backlog(of: bench)
            let bytes = BenchServers.event(backlog.entities).count + 10
            #expect(backlog.events / backlog.partitions * bytes < 5 << 20)
        }
    }

    /// Events only name entities that have rows.
    @Test(arguments: [BenchPlan.quick, .full, .scale])
    func aBacklogNamesWhatIsThere(_ plan: BenchPlan) {
        for bench in plan.cases {
            #expect(plan.backlog(of: bench).entities <= plan.entities(of: bench))
        }
    }
}
