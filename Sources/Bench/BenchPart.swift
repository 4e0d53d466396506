/// A part of the way that events go, measured alone, with as many threads as a worker has lanes by default.
package struct BenchPart: Hashable, Sendable {
    package enum Work: String, CaseIterable, Sendable {
        case consume = "raw consume"
        case decode = "raw decode"
        case dependants = "raw dependants"
        case read = "raw read = any"
        case unlink = "raw UNLINK"
        case set = "raw SET EX"
        case fencedUnlink = "fenced script, UNLINK"
        case fencedSet = "fenced script, SET"

        var unit: String {
            switch self {
            case .consume, .decode: "events/s"
            case .dependants, .read: "entities/s"
            case .unlink, .set, .fencedUnlink, .fencedSet: "keys/s"
            }
        }
    }

    package let work: Work
    /// The case, as far as the part depends on it; the rest is as usual.
    let bench: BenchCase

    package init(_ work: Work, _ bench: BenchCase) {
        self.work = work
        self.bench = BenchCase().with { own in
            own.isUnique = true
            switch work {
            case .consume: (own.isUnique, own.partitions) = (bench.isUnique, bench.partitions)
            case .dependants: own.fanOut = bench.fanOut
            case .read, .set, .fencedSet: own.documentBytes = bench.documentBytes
            case .decode, .unlink, .fencedUnlink: break
            }
        }
    }

    package var name: String {
        let usual = BenchCase()
        var words = [work.rawValue]
        if work == .consume { words.append(bench.isUnique ? "unique" : "many") }
        if bench.partitions != usual.partitions { words.append("partitions \(bench.partitions)") }
        if bench.fanOut != usual.fanOut { words.append("fan-out \(bench.fanOut)") }
        if bench.documentBytes != usual.documentBytes { words.append("\(bench.documentBytes) bytes") }
        return words.joined(separator: ", ")
    }

    /// What the events of a case go through; for the usual ones also what is good to know beside it.
    static func all(for bench: BenchCase) -> [BenchPart] {
        var works: [Work] = [.consume, .decode, .dependants, .unlink]
        if bench.mode == .refresh { works += [.read, .fencedSet] }
        if bench.isUsual { works += [.set, .fencedUnlink] }
        return works.map { BenchPart($0, bench) }
    }
}
