import Glibc

/// What an event of a case costs in the parts alone: the product can't be faster than the slowest of them, nor need
/// less of the machine than their sum.
struct BenchStages {
    struct Stage {
        var name: String
        /// Seconds per event, of each round.
        var seconds: [Double]

        var median: Double { Figure("s", samples: seconds).median }
    }

    let stages: [Stage]
    /// CPU seconds per event in all processes together, of each round.
    let work: [Double]

    static let cores = Double(max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))))

    /// Nil where a part was not measured. `share`: distinct entities per event; what is about the same entity is read
    /// and removed once.
    init?(_ bench: BenchCase, share: Double, _ entry: (BenchPart) -> BenchReport.Entry?) {
        let keys = bench.mode == .refresh ? bench.fanOut : 1 + bench.fanOut
        var shares: [(BenchPart.Work, times: Double)] = [
            (.consume, 1), (.decode, 1), (.dependants, share), (.unlink, share * Double(keys)),
        ]
        if bench.mode == .refresh { shares += [(.read, share), (.fencedSet, share)] }
        var seconds: [BenchPart.Work: [Double]] = [:]
        var work: [Double] = []
        for (part, times) in shares {
            guard let entry = entry(BenchPart(part, bench)) else { return nil }
            seconds[part] = entry.rate.samples.map { times / max($0, 1e-9) }
            work = Self.sum(work, entry.allSamples.map { times * $0 / 1e6 })
        }
        var stages: [Stage] = [BenchPart.Work.consume, .decode, .dependants, .read].compactMap { part in
            seconds[part].map { Stage(name: BenchPart(part, bench).name, seconds: $0) }
        }
        // One Redis does both.
        let name = bench.mode == .refresh ? "fenced SET and UNLINK of \(keys) keys" : "UNLINK of \(keys) keys"
        stages.append(Stage(name: name, seconds: Self.sum(seconds[.unlink] ?? [], seconds[.fencedSet] ?? [])))
        self.stages = stages
        self.work = work
    }

    var slowest: Stage { stages.max { $0.median < $1.median } ?? stages[0] }

    /// Round by round.
    private static func sum(_ a: [Double], _ b: [Double]) -> [Double] {
        guard !a.isEmpty, !b.isEmpty else { return a + b }
        return zip(a, b).map { $0 + $1 }
    }
}
