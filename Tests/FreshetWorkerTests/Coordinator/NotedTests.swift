import FreshetCore
import Testing

@testable import FreshetWorker

/// Where a recovery began, over its tries.
struct NotedTests {
    private static let view = ControlView(process: "p1", record: nil)

    /// A sweep with a ticket above the noted one covers what is skipped, if that was there when the end was noted.
    @Test func whatWasSweptCoversWhatWasThere() {
        var noted = Noted(10, Self.view, time: 0)
        noted.ticket = 3
        noted.skip(to: 10)
        #expect(noted.end == 10 && noted.ticket == 3)
    }

    /// The log lost records meanwhile that came after it.
    @Test func whatCameLaterMustBeSweptAnew() {
        var noted = Noted(10, Self.view, time: 0)
        noted.ticket = 3
        noted.skip(to: 11)
        #expect(noted.end == 11 && noted.ticket == nil)
    }
}
