import Testing

@testable import FreshetCore

struct FanOutsTests {
    @Test func anUnknownEdgeIsTakenToLeadToEight() {
        var fanOuts = FanOuts()
        #expect(fanOuts.rows(of: 0) == 8)
        fanOuts.note(2, rows: 5, of: 5)
        #expect((0...3).map { fanOuts.rows(of: $0) } == [8, 8, 1, 8])
    }

    @Test func theAverageIsRoundedUp() {
        var fanOuts = FanOuts()
        fanOuts.note(0, rows: 20, of: 10)
        #expect(fanOuts.rows(of: 0) == 2)
        fanOuts.note(0, rows: 0, of: 9)
        #expect(fanOuts.rows(of: 0) == 2)
        fanOuts.note(0, rows: 19, of: 0)
        #expect(fanOuts.rows(of: 0) == 3)
        fanOuts.note(1, rows: 0, of: 7)
        #expect(fanOuts.rows(of: 1) == 0)
    }

    /// A thousand million entities that led nowhere, and then forty million that lead to a hundred each.
    @Test func thePastFades() {
        var fanOuts = FanOuts()
        fanOuts.note(0, rows: 0, of: 1 << 30)
        for _ in 0..<40 { fanOuts.note(0, rows: 100 << 20, of: 1 << 20) }
        #expect(fanOuts.rows(of: 0) == 100)
    }
}
