/// Points taken from a team, or given back.
package struct LeagueAdjustment: Sendable, Hashable {
    package var team: Int64
    package var teamName: String
    /// `2023-11-17`
    package var day: String
    /// Minutes since 1970.
    package var minute: Int64
    package var points: Int
    package var reason: String
}
