import Testing

@testable import DevLeague
@testable import freshet

@Suite struct DevPictureTests {
    static func state() -> DevState {
        let match = LeagueMatch(
            id: 7, round: 3, roundName: "Matchday 3", kickoff: 28_196_400, home: "Arsenal FC", away: "Everton FC",
            halfTime: nil, fullTime: .init(home: 1, away: 0))
        let scene = LeagueScene(
            minute: 28_196_400, what: .goal(match, .init(home: 1, away: 0), minute: 12), kind: "match", id: 7)
        let tree = CascadeTree(nodes: [
            .init(kind: "match", key: "v1:match:7", isRefreshed: true, parent: nil),
            .init(kind: "standings", key: "v1:standings:1", isRefreshed: true, parent: 0),
        ])
        var state = DevState(season: "English Premier League 2023/24", seed: 1, speed: 8, scenes: 100)
        state.played = 25
        state.produced = 480
        state.recent = [.init(scene: scene, version: 3, cascade: tree)]
        state.standings = [
            .init(position: 1, team: "Manchester City FC", played: 2, goalDifference: 4, points: 6)
        ]
        state.numbers.p50 = 1_234
        state.numbers.p99 = 9_876
        state.numbers.largest = 12_000
        state.numbers.freshnessCount = 12
        state.numbers.outcomes = [.init(name: "applied", count: 470), .init(name: "superseded", count: 10)]
        state.hints = ["redis-cli -p 6379 GET v1:standings:1"]
        return state
    }

    private func text(_ width: Int, _ height: Int) -> [String] {
        DevPicture(state: Self.state(), width: width, height: height).lines().map { $0.render(colour: false) }
    }

    @Test(arguments: [20, 40, 60, 80, 95, 96, 120, 200], [8, 16, 24, 50])
    func itFitsIntoItsWindow(width: Int, height: Int) {
        let lines = text(width, height)
        #expect(lines.allSatisfy { $0.count <= width })
        #expect(height < 16 || lines.count <= height)
    }

    @Test(arguments: [80, 120])
    func itShowsEventCascadeTableAndNumbers(width: Int) {
        let all = text(width, 40).joined(separator: "\n")
        for part in [
            "Fri 11 Aug 2023 20:00", "Arsenal 1–0 Everton  12'", "match.updated  match:7  version 3",
            "└─ v1:standings:1  refreshed", " 1 Manchester City", "p50 1.2 ms", "p99 9.8 ms", "480 sent",
            "470 applied", "10 superseded", "25 of 100 scenes", "redis-cli -p 6379 GET v1:standings:1",
        ] {
            #expect(all.contains(part), "\(part)")
        }
    }

    @Test func coloursAreLeftOutWhereTheyAreNotWanted() {
        let line = StyledLine("Freshness", .bold).adding(" 1 ms", .good)
        #expect(line.render(colour: false) == "Freshness 1 ms")
        #expect(line.render(colour: true) == "\u{1B}[1mFreshness\u{1B}[0m\u{1B}[32m 1 ms\u{1B}[0m")
    }

    @Test func aLineIsCutBehindItsColours() {
        let line = StyledLine("abc", .bold).adding("defgh")
        #expect(line.cut(to: 5).render(colour: false) == "abcd…")
        #expect(line.cut(to: 8).render(colour: false) == "abcdefgh")
        #expect(line.fitted(to: 10).render(colour: false) == "abcdefgh  ")
        #expect(line.cut(to: 0).width == 0)
    }

    @Test func timesAreWrittenWithTheirUnit() {
        #expect(DevText.time(850) == "850 µs")
        #expect(DevText.time(3_250) == "3.2 ms")
        #expect(DevText.time(1_450_000) == "1.4 s")
        #expect(DevText.clock(127_000) == "02:07")
    }

    @Test func theTableComesFromTheDocument() {
        let document =
            #"{"season":1,"table":[{"position":1,"team":13,"name":"Manchester City FC","played":38,"#
            + #""won":28,"drawn":7,"lost":3,"gf":96,"ga":34,"gd":62,"points":91}]}"#
        #expect(
            StandingsReader.parse(Array(document.utf8)) == [
                .init(position: 1, team: "Manchester City FC", played: 38, goalDifference: 62, points: 91)
            ])
        #expect(StandingsReader.parse(Array("broken".utf8)).isEmpty)
    }
}
