import Testing

@testable import DevLeague
@testable import freshet

@Suite struct LeagueScriptTests {
    /// Kick-off at minute 1000.
    private let match = LeagueMatch(
        id: 7, round: 3, roundName: "Matchday 3", kickoff: 1000, home: "Arsenal FC", away: "AFC Bournemouth",
        halfTime: .init(home: 1, away: 1), fullTime: .init(home: 3, away: 1))

    @Test func aMatchIsPlayedFromKickOffToItsResult() {
        let scenes = LeagueScript.scenes([match], adjustments: [], seed: 1)
        #expect(
            scenes.map(\.label) == [
                "round", "kick-off", "goal", "goal", "half-time", "goal", "goal", "full-time", "round",
            ])
        #expect(scenes[1].parameters == ["7", "0", "0"])
        #expect(scenes[4].parameters == ["7", "1", "1"])
        #expect(scenes[5].parameters == ["7", "2", "1"])
        #expect(scenes[7].parameters == ["7", "3", "1"])
        #expect(scenes.map(\.entity) == ["event:3"] + Array(repeating: "match:7", count: 7) + ["event:3"])
        #expect(scenes[7].caption == "Arsenal 3–1 Bournemouth")
        #expect(scenes.map(\.minute) == scenes.map(\.minute).sorted())
    }

    @Test func aMatchWithoutItsHalfTimeHasNoSuchScene() {
        var unknown = match
        unknown.halfTime = nil
        let scenes = LeagueScript.scenes([unknown], adjustments: [], seed: 1)
        #expect(scenes.filter { $0.label == "half-time" }.isEmpty)
        #expect(scenes.filter { $0.label == "goal" }.count == 4)
    }

    @Test func theSeedDrawsTheGoals() {
        let one = LeagueScript.scenes([match], adjustments: [], seed: 1)
        #expect(one == LeagueScript.scenes([match], adjustments: [], seed: 1))
        #expect(one != LeagueScript.scenes([match], adjustments: [], seed: 2))
    }

    @Test(arguments: 1...50)
    func goalsFallWithinTheirHalves(seed: UInt64) {
        for scene in LeagueScript.scenes([match], adjustments: [], seed: seed) {
            guard case .goal(_, let score, let minute) = scene.what else { continue }
            #expect(score.home + score.away <= 2 ? 1...45 ~= minute : 46...90 ~= minute)
        }
    }

    @Test func aRoundEndsAfterItsLastMatch() {
        var later = match
        later.id = 8
        later.kickoff = 5000
        let scenes = LeagueScript.scenes([later, match], adjustments: [], seed: 1)
        #expect(scenes.first?.caption == "Matchday 3 begins")
        #expect(scenes.last?.caption == "Matchday 3 is over")
        #expect(scenes.filter { $0.kind == "event" }.count == 2)
    }

    @Test func anAdjustmentIsAChangeOfItsTeam() {
        let ruling = LeagueAdjustment(
            team: 9, teamName: "Everton FC", day: "2023-11-17", minute: 2000, points: -10, reason: "rules")
        let scene = LeagueScript.scenes([match], adjustments: [ruling], seed: 1).first { $0.kind == "team" }
        #expect(scene?.entity == "team:9")
        #expect(scene?.caption == "Everton -10 points")
        #expect(scene?.parameters == ["9", "2023-11-17", "-10", "rules"])
    }

    @Test func daysAreWrittenAsPeopleSayThem() {
        #expect(LeagueCalendar.text(minute: 28_196_400) == "Fri 11 Aug 2023 20:00")
        #expect(LeagueCalendar.text(minute: 0) == "Thu 1 Jan 1970 00:00")
    }

    @Test func anEventNamesEntityVersionAndSeason() {
        let event = LeagueEvent(
            type: "match.updated", entity: 7, season: 1, version: 4, occurredAt: 1_700_000_000_123)
        #expect(
            String(decoding: event.value, as: UTF8.self)
                == #"{"type":"match.updated","entity":7,"season":1,"version":4,"#
                + #""occurredAt":"2023-11-14T22:13:20.123Z"}"#)
        #expect(String(decoding: event.key, as: UTF8.self) == "match:7")
    }
}
