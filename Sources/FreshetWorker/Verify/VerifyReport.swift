import FreshetCore

/// What `verify` found.
package struct VerifyReport: Hashable, Sendable {
    package struct Tally: Hashable, Sendable {
        /// Keys that were compared; the others below add up to it.
        package var compared = 0
        package var equal = 0
        /// Not cached (any more).
        package var missing = 0
        package var stale = 0
        package var orphans = 0
        package var oversized = 0
        /// Differed at first and were put right by a worker meanwhile.
        package var inFlight = 0
        /// Still differ, but something moves: no verdict.
        package var unsettled = 0
        package var unreadable = 0

        package init() {}

        package static func + (a: Tally, b: Tally) -> Tally {
            var sum = Tally()
            sum.compared = a.compared + b.compared
            sum.equal = a.equal + b.equal
            sum.missing = a.missing + b.missing
            sum.stale = a.stale + b.stale
            sum.orphans = a.orphans + b.orphans
            sum.oversized = a.oversized + b.oversized
            sum.inFlight = a.inFlight + b.inFlight
            sum.unsettled = a.unsettled + b.unsettled
            sum.unreadable = a.unreadable + b.unreadable
            return sum
        }

        mutating func count(_ problem: KeySighting.Problem) {
            switch problem {
            case .stale: stale += 1
            case .orphan: orphans += 1
            case .oversized: oversized += 1
            }
        }
    }

    package struct Finding: Hashable, Sendable {
        package var key: [UInt8]
        package var entity: String
        package var problem: KeySighting.Problem
    }

    /// By kind, as in `Graph.kinds`.
    package var kinds: [Tally]
    package var findings: [Finding] = []
    /// Keys under the namespace that no template could have written.
    package var foreign = 0
    package var foreignSample: [[UInt8]] = []
    /// Keys without SQL: they are only ever invalidated, so there is nothing to compare them with.
    package var incomparable = 0
    /// Keys that `repair` invalidated.
    package var repaired = 0
    /// The workers did not apply in time what was announced before the second look.
    package var isBehind = false
    /// It was asked to stop before it was through.
    package var isCut = false

    package init(kinds: Int) { self.kinds = Array(repeating: Tally(), count: kinds) }

    package var total: Tally { kinds.reduce(Tally()) { $0 + $1 } }
    /// Keys whose value a reader must not see.
    package var wrong: Int { total.stale + total.orphans }
    package var problems: Int { wrong + total.oversized }
}
