/// A match of the season with its result, which is not in the database yet.
package struct LeagueMatch: Sendable, Hashable {
    package struct Score: Sendable, Hashable {
        package var home: Int
        package var away: Int
    }

    package var id: Int64
    package var round: Int64
    package var roundName: String
    /// Minutes since 1970 by the clock of the ground.
    package var kickoff: Int64
    package var home: String
    package var away: String
    /// The file doesn't know it for some.
    package var halfTime: Score?
    package var fullTime: Score
}
