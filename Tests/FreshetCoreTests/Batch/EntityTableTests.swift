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
}
