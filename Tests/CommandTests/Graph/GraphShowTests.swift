import Foundation
import FreshetConfig
import FreshetCore
import Testing

@testable import freshet

@Suite struct GraphShowTests {
    @Test func tables() async {
        let result = await GraphBench.run(["graph", "show", "--graph", GraphBench.league])
        #expect(result.code == .fine)
        #expect(
            result.out.contains("\nmatch      bigint  v1:match:{id}      30d -5%     64KiB  refresh    invalidate  "))
        #expect(result.out.contains(/\nevent +phase +sql +stops +event->phase\n/))
    }

    @Test func jsonCanBeReadAgain() async throws {
        let result = await GraphBench.run(["graph", "show", "--graph", GraphBench.league, "--format", "json"])
        let parsed = try JSONSerialization.jsonObject(with: Data(result.out.utf8)) as? [String: Any]
        #expect((parsed?["kinds"] as? [Any])?.count == 5)
        #expect((parsed?["edges"] as? [Any])?.count == (try GraphFile.load(path: GraphBench.league).graph.edges.count))
    }

    @Test func dot() async {
        let result = await GraphBench.run(["graph", "show", "--graph", GraphBench.league, "--format", "dot"])
        #expect(result.out.hasPrefix("digraph freshet {\n"))
        #expect(result.out.contains("\"event\" -> \"phase\" [label=\"sql, stops\", style=dashed, arrowhead=tee];"))
    }

    @Test func theDrawingIsXMLWithEveryBoxAndArrow() async throws {
        let result = await GraphBench.run(["graph", "show", "--graph", GraphBench.league, "--format", "svg"])
        #expect(result.out.hasPrefix("<svg xmlns=\"http://www.w3.org/2000/svg\""))
        for kind in ["event", "phase", "team", "match", "standings"] {
            #expect(result.out.contains(">\(kind) (bigint)<"))
        }
        // The edges, and four arrows from the topic to the kinds that it names.
        let edges = try GraphFile.load(path: GraphBench.league).graph.edges.count
        #expect(result.out.matches(of: /marker-end=/).count == edges + 4)
        #expect(result.out.filter { $0 == "<" }.count == result.out.filter { $0 == ">" }.count)
    }

    @Test func boxesStandRightOfWhatLeadsToThemAndApart() throws {
        let layout = GraphLayout(try GraphBench.load(GraphBench.graph).graph)
        for arrow in layout.arrows {
            #expect(layout.boxes[arrow.from].x + layout.boxes[arrow.from].width < layout.boxes[arrow.to].x)
        }
        for (index, a) in layout.boxes.enumerated() {
            for b in layout.boxes[(index + 1)...] where a.column == b.column {
                #expect(a.y + a.height < b.y || b.y + b.height < a.y)
            }
        }
    }

    @Test func aBrokenGraphIsAUsageError() async {
        let result = await GraphBench.run(["graph", "show", "--graph", "/dev/null"])
        #expect(result.code == .usage)
    }
}
