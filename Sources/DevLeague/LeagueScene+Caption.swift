extension LeagueScene {
    /// One word for what happened.
    var label: String {
        switch what {
        case .roundStarts: "round"
        case .kickOff: "kick-off"
        case .goal: "goal"
        case .halfTime: "half-time"
        case .fullTime: "full-time"
        case .adjustment: "ruling"
        case .roundEnds: "round"
        }
    }

    /// In words, without colour.
    var caption: String {
        switch what {
        case .roundStarts(let name): "\(name) begins"
        case .kickOff(let match): Self.score(match, .init(home: 0, away: 0))
        case .goal(let match, let score, let minute): "\(Self.score(match, score))  \(minute)'"
        case .halfTime(let match, let score): Self.score(match, score)
        case .fullTime(let match): Self.score(match, match.fullTime)
        case .adjustment(let adjustment):
            "\(Self.short(adjustment.teamName)) \(adjustment.points > 0 ? "+" : "")\(adjustment.points) points"
        case .roundEnds(let name): "\(name) is over"
        }
    }

    /// `Fri 11 Aug 2023 20:00`
    var day: String { LeagueCalendar.text(minute: minute) }

    private static func score(_ match: LeagueMatch, _ score: LeagueMatch.Score) -> String {
        "\(short(match.home)) \(score.home)–\(score.away) \(short(match.away))"
    }

    /// Without the letters that nobody says.
    static func short(_ team: String) -> String {
        if team.hasSuffix(" FC") { return String(team.dropLast(3)) }
        if team.hasPrefix("AFC ") { return String(team.dropFirst(4)) }
        return team
    }
}
