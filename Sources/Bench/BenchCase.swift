/// What one measurement of the product is like.
package struct BenchCase: Hashable, Sendable {
    package enum Mode: String, Sendable, CaseIterable {
        case invalidate
        case refresh
    }

    package var mode = Mode.invalidate
    /// Each event names an entity of its own; otherwise many name the same.
    package var isUnique = false
    /// Keys that an entity's change reaches beside its own.
    package var fanOut = 4
    package var documentBytes = 200
    package var lanes = 2
    package var partitions = 4
    /// Processes in the group.
    package var workers = 1
    /// Events of the backlog; nil is what the plan says.
    package var events: Int?

    package init() {}

    func with(_ change: (inout BenchCase) -> Void) -> BenchCase {
        var other = self
        change(&other)
        return other
    }

    package var name: String {
        var words = [mode.rawValue, isUnique ? "unique" : "many"]
        let usual = BenchCase()
        if fanOut != usual.fanOut { words.append("fan-out \(fanOut)") }
        if documentBytes != usual.documentBytes { words.append("\(documentBytes) bytes") }
        if lanes != usual.lanes { words.append("lanes \(lanes)") }
        if partitions != usual.partitions { words.append("partitions \(partitions)") }
        if workers != usual.workers { words.append("workers \(workers)") }
        if let events { words.append("events \(events)") }
        return words.joined(separator: ", ")
    }

    /// Nothing about it is varied.
    var isUsual: Bool { self == BenchCase().with { ($0.mode, $0.isUnique) = (mode, isUnique) } }

    /// The tables that it reads.
    var dataset: String { "d\(documentBytes)_\(fanOut)" }
}
