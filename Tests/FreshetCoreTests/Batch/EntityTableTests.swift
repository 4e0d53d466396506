import FreshetCore
import Testing

struct EntityTableTests {
    /// Against a dictionary, over growth, rebuild and reuse; ids that differ only in kind or high half among them.
    @Test func findsWhatADictionaryFinds() {
        var random = SplitMix(seed: 3)
        var table = EntityTable()
        var nodes: [Node] = []
        for _ in 0..<3 {
            var known: [EntityRef: Int] = [:]
            for _ in 0..<5_000 {
                let ref = EntityRef(
                    kind: KindIndex(Int.random(in: 0..<3, using: &random)),
                    high: UInt64.random(in: 0..<3, using: &random),
                    low: UInt64.random(in: 0..<1_000, using: &random))
                let found = table.findOrAppend(ref, to: &nodes)
                #expect(found.isNew == (known[ref] == nil))
                #expect(found.index == known[ref] ?? nodes.count - 1)
                known[ref] = found.index
            }
            #expect(nodes.count == known.count)
            nodes.removeSubrange(100...)
            table.rebuild(nodes)
            for (ref, index) in known { #expect(table.find(ref, in: nodes) == (index < 100 ? index : nil)) }
            table.removeAll()
            nodes.removeAll()
            #expect(table.find(EntityRef(kind: KindIndex(0), int: 1), in: nodes) == nil)
        }
    }

    /// A long backlog's: denser than a small table, and nothing is found that isn't there.
    @Test func findsAmongHundredsOfThousands() {
        var table = EntityTable()
        var nodes: [Node] = []
        let ids = (0..<300_000).map { EntityRef(kind: KindIndex(0), int: Int64($0) * 7) }
        for (place, ref) in ids.enumerated() {
            let found = table.findOrAppend(ref, to: &nodes)
            if found.index != place || !found.isNew { Issue.record("\(ref) is \(found), not new at \(place)") }
        }
        let wrong = ids.indices.filter { table.find(ids[$0], in: nodes) != $0 }
        let invented = ids.filter { table.find(EntityRef(kind: KindIndex(0), int: $0.int + 1), in: nodes) != nil }
        #expect(nodes.count == ids.count && wrong.isEmpty && invented.isEmpty)
    }
}
