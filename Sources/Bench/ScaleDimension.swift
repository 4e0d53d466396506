/// One thing that is varied while all others stay.
package struct ScaleDimension: Sendable {
    package struct Value: Sendable {
        package var label: String
        /// One for each mode.
        package var cases: [BenchCase.Mode: BenchCase]
    }

    package var name: String
    package var values: [Value]

    var cases: [BenchCase] {
        values.flatMap { value in BenchCase.Mode.allCases.compactMap { value.cases[$0] } }
    }

    private init(
        _ name: String, _ numbers: [Int], _ labels: [String]? = nil, isUnique: Bool,
        _ set: (inout BenchCase, Int) -> Void
    ) {
        self.name = name
        values = numbers.enumerated().map { place, number in
            var value = Value(label: labels?[place] ?? "\(number)", cases: [:])
            for mode in BenchCase.Mode.allCases {
                var bench = BenchCase()
                (bench.mode, bench.isUnique) = (mode, isUnique)
                set(&bench, number)
                value.cases[mode] = bench
            }
            return value
        }
    }

    /// The first four with many events for each entity: what is varied there is how they come. The last two with one
    /// for each entity: what is varied there is what each of them costs.
    package static let all = [
        ScaleDimension(
            "events in the backlog", [100_000, 300_000, 1_000_000, 3_000_000], ["100k", "300k", "1M", "3M"],
            isUnique: false
        ) { $0.events = $1 },
        ScaleDimension("partitions", [4, 50, 200], isUnique: false) { ($0.partitions, $0.events) = ($1, 1_000_000) },
        ScaleDimension("lanes of a worker", [1, 2, 4], isUnique: false) { ($0.lanes, $0.events) = ($1, 1_000_000) },
        ScaleDimension("workers of the group", [1, 2, 4], isUnique: false) {
            ($0.workers, $0.events) = ($1, 1_000_000)
        },
        ScaleDimension(
            "bytes of a document", [200, 1_000, 4_000, 16_000], ["200", "1k", "4k", "16k"], isUnique: true
        ) { $0.documentBytes = $1 },
        ScaleDimension("keys that a change reaches", [1, 4, 16, 50], isUnique: true) { $0.fanOut = $1 },
    ]
}
