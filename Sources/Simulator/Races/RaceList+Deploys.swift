import FreshetCore

extension Race {
    /// Workers with two graphs, side by side.
    static let deploys: [Race] = [
        Race("a worker of the former graph writes behind the new graph's sweep", .oneGraph, faults: [.deploy]) {
            race(&$0)
            $0.changes = 20
            $0.ambushes = [Ambush(.afterTicket, percent: 30)]
        },
        Race("a deploy changes a kind's SQL and another one's template", .graphSweep, faults: [.deploy]) {
            race(&$0)
        },
        Race("a deploy comes before the former graph's first worker has claimed the cache", .claim, faults: [.deploy]) {
            race(&$0, workers: 1)
            $0.readers = 2
            $0.calm = 20
        },
    ]
}
