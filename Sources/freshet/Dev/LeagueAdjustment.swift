/// Points taken from a team, or given back.
struct LeagueAdjustment: Sendable, Hashable {
    var team: Int64
    var teamName: String
    /// `2023-11-17`
    var day: String
    /// Minutes since 1970.
    var minute: Int64
    var points: Int
    var reason: String
}
