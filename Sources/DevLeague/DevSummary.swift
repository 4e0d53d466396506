/// The run in two or three lines without a terminal.
struct DevSummary {
    let state: DevState

    init(_ state: DevState) { self.state = state }

    var lines: [String] { [freshness, "records   \(records)", "keys      \(keys)"] + standings }

    private var freshness: String {
        guard let times = state.numbers.freshness else { return "freshness no event yet" }
        return "freshness p50 \(DevText.time(times.p50)) · p99 \(DevText.time(times.p99)) · "
            + "worst \(DevText.time(times.largest))"
    }

    var records: String {
        let ended = state.numbers.outcomes.filter { $0.count > 0 }.map { "\($0.count) \($0.name)" }
        return (["\(state.produced) sent"] + ended).joined(separator: " · ")
    }

    var keys: String {
        let numbers = state.numbers
        return "\(numbers.refreshed) refreshed · \(numbers.invalidated) invalidated · \(numbers.refused) refused"
    }

    private var standings: [String] {
        guard !state.standings.isEmpty else { return [] }
        let places = state.standings.map { "\($0.position) \(LeagueScene.short($0.team)) \($0.points)" }
        return ["standings \(places.joined(separator: " · "))"]
    }
}
