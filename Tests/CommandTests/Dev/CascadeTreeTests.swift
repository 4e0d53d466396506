import Testing

@testable import DevLeague
@testable import freshet

@Suite struct CascadeTreeTests {
    /// A round: its phase, five teams and two matches that lead to the standings.
    private let round: CascadeTree = {
        var nodes = [CascadeTree.Node(kind: "event", key: "e:1", isRefreshed: true, parent: nil)]
        nodes.append(.init(kind: "phase", key: "p:1", isRefreshed: false, parent: 0))
        for id in 1...5 { nodes.append(.init(kind: "team", key: "t:\(id)", isRefreshed: false, parent: 0)) }
        for id in 1...2 { nodes.append(.init(kind: "match", key: "m:\(id)", isRefreshed: false, parent: 0)) }
        nodes.append(.init(kind: "standings", key: "s:1", isRefreshed: true, parent: 7))
        return CascadeTree(nodes: nodes)
    }()

    @Test func manyOfAKindAreCounted() {
        #expect(
            round.lines(limit: 20).map { $0.render(colour: false) } == [
                "e:1  refreshed",
                "├─ p:1  invalidated",
                "├─ t:1  invalidated",
                "├─ t:2  invalidated",
                "├─ … 3 more of team",
                "├─ m:1  invalidated",
                "│  └─ s:1  refreshed",
                "└─ m:2  invalidated",
            ])
    }

    @Test func aTreeThatIsTooLongSaysSo() {
        let lines = round.lines(limit: 4).map { $0.render(colour: false) }
        #expect(lines.count == 4)
        #expect(lines.last == "… 5 lines more")
    }

    @Test func theSummaryNamesFewAndCountsMany() {
        #expect(round.summary == "10 keys: 1 event, 1 phase, 5 team, 2 match, 1 standings")
        #expect(CascadeTree(nodes: Array(round.nodes.prefix(2))).summary == "e:1, p:1")
    }
}
