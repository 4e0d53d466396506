import FreshetCore
import Testing

@testable import FreshetWorker

/// Where a recovery began, over its tries.
struct NotedTests {
    private static let view = ControlView(process: "p1", record: nil)

    private static let history = History(system: 7, timeline: 1)

    /// A sweep with a ticket above the noted one covers what is skipped, if that was there when the end was noted.
    @Test func whatWasSweptCoversWhatWasThere() {
        var noted = Noted(10, Self.view, time: 0)
        #expect(noted.since(3, in: Self.history) == 3)
        noted.skip(to: 10, time: 9)
        #expect(noted.end == 10 && noted.time == 0 && noted.since(5, in: Self.history) == 3)
    }

    /// The log lost records meanwhile that came after it.
    @Test func whatCameLaterMustBeSweptAnew() {
        var noted = Noted(10, Self.view, time: 0)
        #expect(noted.since(3, in: Self.history) == 3)
        noted.skip(to: 11, time: 9)
        #expect(noted.end == 11 && noted.time == 9 && noted.since(5, in: Self.history) == 5)
    }

    /// An old primary knew nothing of the transactions that the skipped events announce: a sweep behind its wait may
    /// have come before their commits were visible.
    @Test func whatAnOldPrimaryWaitedForCoversNothing() {
        var noted = Noted(10, Self.view, time: 0)
        #expect(noted.since(3, in: Self.history) == 3)
        #expect(noted.since(5, in: History(system: 7, timeline: 2)) == 5)
    }
}
