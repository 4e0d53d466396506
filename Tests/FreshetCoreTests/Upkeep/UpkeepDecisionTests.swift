import FreshetCore
import Testing

@Suite struct UpkeepDecisionTests {
    private static let all = KindUpkeep(atStart: .check, refreshEvery: 10_000, jitter: 100)

    private func note(
        _ work: UpkeepNote.Work, begun: Bool = false, next: Int64 = 0, ticket: Int64 = 50, print: String = "f"
    ) -> UpkeepNote {
        UpkeepNote(work: work, isBegun: begun, time: 1_000, next: next, ticket: ticket, fingerprint: print)
    }

    private func decide(
        _ note: UpkeepNote?, swept: Int64 = 0, since: Int64 = 10, now: Int64 = 2_000, by upkeep: KindUpkeep = all
    ) -> UpkeepDecision {
        .decide(upkeep, note, .init(fingerprint: "f", swept: swept, since: since, now: now))
    }

    @Test func whatTheCacheLostIsLoaded() {
        #expect(decide(nil) == .warm(.neverFilled))
        #expect(decide(note(.scheduled, next: 9_000)) == .warm(.neverFilled))
        #expect(decide(note(.warm, next: 9_000), swept: 51) == .warm(.swept))
        #expect(decide(note(.warm, next: 9_000), swept: 50) == .nothing, "it was filled afterwards")
        #expect(decide(note(.check, next: 9_000, print: "g")) == .warm(.changed))
    }

    @Test func aStartIsCheckedOnce() {
        // The last ticket was 60 when this worker began.
        #expect(decide(note(.warm, next: 9_000, ticket: 60), since: 60) == .check(.started))
        #expect(decide(note(.check, next: 9_000, ticket: 61), since: 60) == .nothing, "another worker was there")
    }

    @Test func whatWasBegunIsDoneAgain() {
        #expect(decide(note(.warm, begun: true)) == .warm(.owed))
        #expect(decide(note(.rebuild, begun: true)) == .rebuild(.owed))
        #expect(decide(note(.refresh, begun: true)) == .refresh(.owed))
        let idle = KindUpkeep()
        #expect(decide(note(.rebuild, begun: true), by: idle) == .rebuild(.owed), "whatever the settings are by now")
    }

    @Test func aRefreshIsDueWhenItsTimeHasCome() {
        #expect(decide(note(.warm, next: 9_000), now: 8_999) == .nothing)
        #expect(decide(note(.warm, next: 9_000), now: 9_000) == .refresh(.due))
        // At 1,000 it was put off for long; with today's settings it is 12,000 at the latest.
        #expect(decide(note(.warm, next: 900_000), now: 11_999) == .nothing)
        #expect(decide(note(.warm, next: 900_000), now: 12_000) == .refresh(.due))
        let only = KindUpkeep(refreshEvery: 10_000)
        #expect(decide(nil, by: only) == .schedule)
        #expect(decide(note(.scheduled, next: 9_000), swept: 99, by: only) == .nothing, "nobody asked for more")
        #expect(decide(nil, by: KindUpkeep()) == .nothing)
        #expect(decide(note(.warm), now: .max, by: KindUpkeep(atStart: .warm)) == .nothing)
    }

    @Test func aCheckIsJudged() {
        func judge(_ cached: Int, _ wrong: Int, _ isBehind: Bool = false) -> UpkeepDecision? {
            .judge(Self.all, cached: cached, wrong: wrong, isBehind: isBehind)
        }
        #expect(judge(0, 0) == .warm(.empty))
        #expect(judge(5, 1) == .rebuild(.wrong))
        #expect(judge(5, 0) == .nothing)
        #expect(judge(5, 0, true) == nil)
        #expect(judge(5, 1, true) == .rebuild(.wrong), "what was proved holds")
    }

    @Test func theNextRefreshVaries() {
        #expect(Self.all.next(after: 1_000, random: 0) == 10_000)
        #expect(Self.all.next(after: 1_000, random: 2_000) == 12_000)
        #expect(Self.all.next(after: 1_000, random: 2_001) == 10_000)
        #expect(Self.all.latest(after: 1_000) == 12_000)
        #expect(KindUpkeep(refreshEvery: 10_000, jitter: 0).next(after: 1_000, random: 77) == 11_000)
        #expect(KindUpkeep().next(after: 1_000, random: 77) == 0)
    }

    @Test func aNoteIsReadAsItWasWritten() {
        let note = note(.rebuild, begun: true, next: 7, ticket: 9)
        #expect(note.text == "rebuild begun 1000 7 9 f")
        #expect(UpkeepNote(note.text) == note)
        #expect(UpkeepNote("") == nil)
        #expect(UpkeepNote("paint done 1 2 3 f") == nil)
    }
}
