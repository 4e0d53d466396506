import FreshetCore

/// The season as scenes in the order in which they happen. When a goal falls within its half is not in the records: the
/// seed draws it, and the order of what happens in the same minute.
enum LeagueScript {
    /// Within one minute a round starts before its matches do, and ends after them.
    private enum Rank: Int64 {
        case roundStarts
        case play
        case fullTime
        case roundEnds
    }

    private struct Entry {
        var scene: LeagueScene
        var rank: Rank
        var draw: UInt64
    }

    private static let wholeMatch: Int64 = 106
    private static let halfTimeAt: Int64 = 45
    private static let pause: Int64 = 15

    static func scenes(_ matches: [LeagueMatch], adjustments: [LeagueAdjustment], seed: UInt64) -> [LeagueScene] {
        var random = SplitMix(seed: seed)
        var entries: [Entry] = []
        for match in matches { entries += play(match, &random) }
        for adjustment in adjustments {
            let scene = LeagueScene(
                minute: adjustment.minute, what: .adjustment(adjustment), kind: "team", id: adjustment.team)
            entries.append(Entry(scene: scene, rank: .play, draw: random.next()))
        }
        for round in Dictionary(grouping: matches, by: \.round).values.sorted(by: { $0[0].round < $1[0].round }) {
            entries += [bounds(of: round, starts: true), bounds(of: round, starts: false)]
        }
        // Scenes of one match never share a minute and a rank, so drawing can't swap them.
        return entries.sorted {
            ($0.scene.minute, $0.rank.rawValue, $0.draw) < ($1.scene.minute, $1.rank.rawValue, $1.draw)
        }.map(\.scene)
    }

    private static func bounds(of round: [LeagueMatch], starts: Bool) -> Entry {
        let times = round.map(\.kickoff)
        let (name, id) = (round[0].roundName, round[0].round)
        if starts {
            let scene = LeagueScene(minute: times.min() ?? 0, what: .roundStarts(name: name), kind: "event", id: id)
            return Entry(scene: scene, rank: .roundStarts, draw: 0)
        }
        let end = (times.max() ?? 0) + wholeMatch
        return Entry(
            scene: LeagueScene(minute: end, what: .roundEnds(name: name), kind: "event", id: id), rank: .roundEnds,
            draw: 0)
    }

    private static func play(_ match: LeagueMatch, _ random: inout SplitMix) -> [Entry] {
        var entries: [Entry] = []
        func add(_ minute: Int64, _ what: LeagueScene.What, rank: Rank = .play) {
            let scene = LeagueScene(minute: match.kickoff + minute, what: what, kind: "match", id: match.id)
            entries.append(Entry(scene: scene, rank: rank, draw: random.next()))
        }
        add(0, .kickOff(match))
        var score = LeagueMatch.Score(home: 0, away: 0)
        for goal in goals(of: match, &random) {
            if goal.isHome { score.home += 1 } else { score.away += 1 }
            let elapsed = goal.minute <= halfTimeAt ? goal.minute : goal.minute + pause
            add(elapsed, .goal(match, score, minute: Int(goal.minute)))
        }
        // Between the last minute of the first half and the first of the second.
        if let halfTime = match.halfTime { add(halfTimeAt + 1, .halfTime(match, halfTime)) }
        add(wholeMatch, .fullTime(match), rank: .fullTime)
        return entries
    }

    /// Each in a minute of its own.
    private static func goals(
        of match: LeagueMatch, _ random: inout SplitMix
    ) -> [(minute: Int64, isHome: Bool)] {
        func half(_ sides: [Bool], _ minutes: ClosedRange<Int64>) -> [(minute: Int64, isHome: Bool)] {
            let drawn = minutes.shuffled(using: &random).prefix(sides.count).sorted()
            return Array(zip(drawn, sides.shuffled(using: &random))).map { (minute: $0.0, isHome: $0.1) }
        }
        func sides(home: Int, away: Int) -> [Bool] {
            Array(repeating: true, count: home) + Array(repeating: false, count: away)
        }
        let end = match.fullTime
        guard let pause = match.halfTime else {
            return half(sides(home: end.home, away: end.away), 1...90)
        }
        return half(sides(home: pause.home, away: pause.away), 1...45)
            + half(sides(home: end.home - pause.home, away: end.away - pause.away), 46...90)
    }
}
