import FreshetCore
import Testing

/// The walk against the plainest closure there is, on random graphs with cycles, diamonds and edges that stop.
struct CascadeWalkPropertyTests {
    private struct Case {
        var scene = WalkScene()
        var edges: [(from: String, to: String, stops: Bool, rows: [String: [String]])] = []
        var changed: Set<String> = []

        init(_ random: inout SplitMix) {
            let kinds = Int.random(in: 1...5, using: &random)
            let entities = Int.random(in: 1...6, using: &random)
            for kind in 0..<kinds {
                scene.kind("k\(kind)", reach: Bool.random(using: &random) ? .refresh : .invalidate)
            }
            for _ in 0..<Int.random(in: 0...8, using: &random) {
                let from = "k\(Int.random(in: 0..<kinds, using: &random))"
                let to = "k\(Int.random(in: 0..<kinds, using: &random))"
                var rows: [String: [String]] = [:]
                for _ in 0..<Int.random(in: 0...entities, using: &random) {
                    rows["\(from):\(Int.random(in: 1...entities, using: &random))", default: []].append(
                        "\(to):\(Int.random(in: 1...entities, using: &random))")
                }
                let stops = Int.random(in: 0..<3, using: &random) == 0
                scene.edge(from, to, stops: stops, rows)
                edges.append((from, to, stops, rows))
            }
            for kind in 0..<kinds {
                for id in 1...entities { scene.document("k\(kind):\(id)", "document of k\(kind):\(id)") }
            }
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                let name =
                    "k\(Int.random(in: 0..<kinds, using: &random)):\(Int.random(in: 1...entities, using: &random))"
                changed.insert(name)
                scene.change(name)
            }
        }

        var closure: Set<String> {
            var found = changed
            var followed = changed
            while true {
                let before = (found.count, followed.count)
                for edge in edges {
                    for (from, targets) in edge.rows where followed.contains(from) {
                        found.formUnion(targets)
                        if !edge.stops { followed.formUnion(targets) }
                    }
                }
                if (found.count, followed.count) == before { return found }
            }
        }
    }

    /// However few documents are read at a time, the same is written.
    @Test func slicesWriteWhatIsWrittenAtOnce() {
        var random = SplitMix(seed: 11)
        for number in 0..<1_000 {
            let played = Case(&random)
            var (whole, sliced) = (played.scene, played.scene)
            whole.close()
            sliced.walk.documentsAtOnce = Int.random(in: 0...9, using: &random)
            sliced.close()
            let limit = Int.random(in: 1...5, using: &random)
            let calls = sliced.walk.readsLater ? sliced.slices(limit).flatMap(\.calls) : sliced.calls()
            #expect(calls.joined().sorted() == whole.calls().joined().sorted(), "case \(number)")
            #expect(sliced.walk.documents.count <= max(limit, sliced.walk.documentsAtOnce), "case \(number)")
        }
    }

    @Test func findsWhatANaiveClosureFinds() {
        var random = SplitMix(seed: 7)
        for number in 0..<2_000 {
            var played = Case(&random)
            played.scene.close()
            #expect(Set(played.scene.names) == played.closure, "case \(number)")
            #expect(played.scene.names.count == Set(played.scene.names).count, "case \(number)")
            let asked = played.scene.rounds.joined().flatMap { round -> [String] in
                let parts = round.split(separator: ": ")
                return parts[1].split(separator: " ").map { "\(parts[0]) \($0)" }
            }
            // An edge of one name may stand in the graph twice; documents may not be read twice.
            let documents = asked.filter { !$0.contains("→") }
            #expect(documents.count == Set(documents).count, "case \(number)")
            // Each node once, with its own document where its kind asks for it.
            for line in played.scene.calls().joined() where line.contains("=") {
                let halves = line.split(separator: "=")
                #expect(halves[1] == "document of \(halves[0].dropFirst(3))", "case \(number)")
            }
        }
    }
}
