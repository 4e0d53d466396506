import FreshetCore
import Testing

struct OutcomeCountsTests {
    @Test func everyOutcomeHasItsOwnCount() {
        var counts = OutcomeCounts()
        for (number, outcome) in Outcome.allCases.enumerated() { counts[outcome] = Int64(1) << number }
        #expect(counts.applied == 1 && counts.superseded == 2 && counts.ignored == 4)
        #expect(counts.deadLettered == 8 && counts.deferred == 16 && counts.total == 31)
        #expect((counts + counts).total == 62)
        #expect(Set(Outcome.allCases.map(\.name)).count == Outcome.allCases.count)
    }
}
