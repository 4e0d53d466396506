/// What the live view shows; filled by the run, drawn by `DevPicture`.
struct DevState: Sendable {
    struct Played: Sendable {
        var scene: LeagueScene
        var version: Int64
        var cascade: CascadeTree
    }

    struct Row: Sendable, Hashable {
        var position: Int
        var team: String
        var played: Int
        var goalDifference: Int
        var points: Int
    }

    struct Numbers: Sendable, Hashable {
        /// Microseconds, record's timestamp to key new or gone; nil before the first.
        var freshness: (p50: Int64, p99: Int64, largest: Int64)? {
            freshnessCount == 0 ? nil : (p50, p99, largest)
        }
        var p50: Int64 = 0
        var p99: Int64 = 0
        var largest: Int64 = 0
        var freshnessCount: Int64 = 0
        /// By outcome, in the order of the account.
        var outcomes: [Outcome] = []
        var refreshed: Int64 = 0
        var invalidated: Int64 = 0
        var refused: Int64 = 0

        struct Outcome: Sendable, Hashable {
            var name: String
            var count: Int64
        }
    }

    var season: String
    var seed: UInt64
    var speed: Double
    var scenes: Int
    var played = 0
    /// Events produced, those that announced the fixtures included.
    var produced: Int64 = 0
    /// Newest last; bounded by the run.
    var recent: [Played] = []
    /// The first five, as Redis has them.
    var standings: [Row] = []
    var numbers = Numbers()
    /// Milliseconds since the start.
    var elapsed: Int64 = 0
    /// What the run is doing where it isn't playing.
    var status: String?
    /// Commands for another terminal.
    var hints: [String] = []
}
