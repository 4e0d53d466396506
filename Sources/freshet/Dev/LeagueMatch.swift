/// A match of the season with its result, which is not in the database yet.
struct LeagueMatch: Sendable, Hashable {
    struct Score: Sendable, Hashable {
        var home: Int
        var away: Int
    }

    var id: Int64
    var round: Int64
    var roundName: String
    /// Minutes since 1970 by the clock of the ground.
    var kickoff: Int64
    var home: String
    var away: String
    /// The file doesn't know it for some.
    var halfTime: Score?
    var fullTime: Score
}
