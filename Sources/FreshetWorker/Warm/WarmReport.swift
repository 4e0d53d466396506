import FreshetCore

/// What `warm` did, or would do.
package struct WarmReport: Hashable, Sendable {
    package struct Tally: Hashable, Sendable {
        /// Entities that the kind's warm-sql listed, or that edges led to.
        package var entities = 0
        /// Keys written.
        package var written = 0
        /// Keys without a row, without a document, or with one over the size: invalidated.
        package var invalidated = 0
        /// Keys that other writers kept touching: invalid, and left to them.
        package var left = 0

        package init() {}

        package static func + (a: Tally, b: Tally) -> Tally {
            var sum = Tally()
            sum.entities = a.entities + b.entities
            sum.written = a.written + b.written
            sum.invalidated = a.invalidated + b.invalidated
            sum.left = a.left + b.left
            return sum
        }
    }

    /// By kind, as in `Graph.kinds`.
    package var kinds: [Tally]
    package var bytes = 0
    package var pages = 0
    /// It was asked to stop before it was through.
    package var isCut = false

    package init(kinds: Int) { self.kinds = Array(repeating: Tally(), count: kinds) }

    package static func + (a: WarmReport, b: WarmReport) -> WarmReport {
        var sum = a
        for (index, tally) in b.kinds.enumerated() { sum.kinds[index] = sum.kinds[index] + tally }
        sum.bytes += b.bytes
        sum.pages += b.pages
        sum.isCut = a.isCut || b.isCut
        return sum
    }

    package var total: Tally { kinds.reduce(Tally()) { $0 + $1 } }
}
