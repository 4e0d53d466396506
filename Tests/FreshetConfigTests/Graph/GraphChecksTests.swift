import Foundation
import FreshetConfig
import Testing

/// Mistakes that only the graph as a whole shows.
@Suite struct GraphChecksTests {
    @Test func anEdgeThatStandsTwice() {
        let edge = "  - {from: a, to: b, sql: \"select a_id, product_id, name from b where  a_id = any($1)\"}\n"
        #expect(
            GraphText.problems(GraphText.sound + edge)
                == ["26: edges[1]: says the same as the edge in line 23; remove one of them"])
        let other = "  - {from: a, to: b, sql: \"select $1, 2, 3\"}\n"
        #expect(
            GraphText.problems(GraphText.sound + other)
                == ["26: edges[1]: has the name `a->b`, as the edge in line 23; give each a `name` of its own"])
    }

    @Test func patterns() {
        func problems(_ pattern: String) -> [String] {
            GraphText.problems(GraphText.sound + "  - {from: a, pattern: \"\(pattern)\"}\n")
        }
        #expect(problems("stats:{id}:*") == [])
        #expect(
            problems("*") == [
                "26: edges[1].pattern: matches `v1:freshet`, and keys that begin with `v1:freshet` are Freshet's own; "
                    + "begin the pattern with another word"
            ])
        #expect(
            problems("x[0-9]") == [
                "26: edges[1].pattern: holds the glob character `[`; write a pattern such as `a:{id}:*`"
            ])
    }

    @Test func aCycleIsShownWithItsPath() {
        let back = "  - {from: b, to: a, sql: \"select $1, $2, 3\"}\n"
        #expect(
            GraphText.problems(GraphText.sound + back) == [
                "26: edges[1]: closes a cycle: a → b → a (edges in lines 23, 26); add `stops: true` to the edge "
                    + "behind which "
                    + "a cascade need not go on"
            ])
        #expect(GraphText.problems(GraphText.sound + back.replacingOccurrences(of: "}", with: ", stops: true}")) == [])
    }

    @Test func aCascadeDeeperThanTheBound() {
        let text = GraphText.sound.replacingOccurrences(of: "freshet: 1\n", with: "freshet: 1\nbounds: {depth: 1}\n")
        let deeper = text.replacingOccurrences(
            of: "edges:\n",
            with:
                "  c: {id: bigint, keys: [{template: \"c:{id}\"}]}\nedges:\n  - {from: b, to: c, sql: \"select $1, "
                + "$2, 3\"}\n"
        )
        #expect(
            GraphText.problems(deeper) == [
                "2: bounds.depth: allows cascades of 1 levels, but a → b → c has 2; raise `bounds.depth` to 2, or "
                    + "stop the "
                    + "cascade on the way"
            ])
        #expect(GraphText.problems(deeper.replacingOccurrences(of: "depth: 1", with: "depth: 2")) == [])
    }

    @Test func aKindThatNothingReaches() {
        let lonely = "  c: {id: bigint, keys: [{template: \"c:{id}\"}]}\nedges:\n"
        #expect(
            GraphText.problems(replacing: "edges:\n", with: lonely) == [
                "22: kinds.c: no event changes c, and no edge leads to it; map a topic's events to it, add an edge "
                    + "to it, "
                    + "or remove it"
            ])
    }
}
