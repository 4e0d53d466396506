import FreshetCore

extension Race {
    /// Batches of more entities than a slice holds: each slice has a ticket of its own, and others come in between.
    static let slices: [Race] = [
        Race("slices of two workers over the same keys", .fence) {
            race(&$0)
            $0.slice = 1
            $0.children = 2
            $0.ambushes = [Ambush(.beforeApply, percent: 20, stall: 100...400)]
        },
        Race("Redis fails over between two slices", .gap) {
            race(&$0)
            $0.slice = 1
            $0.copies = 60
            $0.ambushes = [Ambush(.afterApply, percent: 15, faults: [.failover], stall: 0...30)]
        },
    ]
}
