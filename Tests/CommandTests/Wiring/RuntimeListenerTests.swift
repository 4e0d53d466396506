import FreshetCore
import Telemetry
import Testing

@testable import FreshetWorker
@testable import Wiring
@testable import freshet

@Suite struct RuntimeListenerTests {
    private func report(lane: Int, records: Int, _ counts: (inout OutcomeCounts) -> Void) -> BatchReport {
        var outcomes = OutcomeCounts()
        counts(&outcomes)
        return BatchReport(
            lane: lane, records: records, entities: 2, reached: 4, refreshed: 5, invalidated: 3, refused: 1, calls: 1,
            counts: outcomes, oldest: 1_000, received: 1_200, applied: 1_250, ticketTime: 10, readTime: 20,
            applyTime: 30, sample: [])
    }

    private func listener(_ sink: CollectingLogSink = CollectingLogSink()) -> RuntimeListener {
        RuntimeListener(
            lanes: 2, metrics: Metrics(), state: WorkerState(onReady: {}, onChange: { _ in }),
            log: Log(sink: sink, clock: { 0 }), observe: { _ in })
    }

    @Test func theAccountAddsUp() {
        let listener = listener()
        listener.heard(
            .applied(
                report(lane: 0, records: 10) {
                    $0.applied = 6
                    $0.superseded = 2
                    $0.deadLettered = 1
                }))
        listener.heard(.applied(report(lane: 1, records: 4) { $0.ignored = 4 }))
        listener.heard(.droppedBatch(records: 5))
        let account = Account(listener.metrics.snapshot())
        #expect(account.received == 19)
        #expect(account.addsUp)
        let counts = Dictionary(uniqueKeysWithValues: account.records.map { ($0.name, $0.count) })
        #expect(
            counts == [
                "applied": 6, "superseded": 2, "ignored": 4, "dead-lettered": 1, "deferred": 0, "repeated": 1,
                "dropped": 5,
            ])
        #expect(account.table().render().contains("keys refreshed"))
        #expect(account.json().render().contains(#""adds-up":true"#))
    }

    @Test func freshnessIsFromTheRecordsTimestamp() {
        let listener = listener()
        listener.heard(.applied(report(lane: 0, records: 1) { $0.applied = 1 }))
        let snapshot = listener.metrics.snapshot()
        #expect(snapshot[.freshness].largest == 250_000_000)
        #expect(snapshot[.reaction].largest == 50_000_000)
    }

    @Test func aPauseIsSaidOnceAndEndsOnce() {
        let sink = CollectingLogSink()
        let listener = listener(sink)
        let fault = Fault(.redis, .cannotConnect, "nobody there")
        for _ in 0..<3 { listener.heard(.paused(part: "lane 0", fault, milliseconds: 50)) }
        #expect(listener.state.view.phase == .paused)
        for _ in 0..<2 { listener.heard(.resumed(part: "lane 0", milliseconds: 70)) }
        #expect(listener.state.view.phase == .starting)
        #expect(sink.lines(.dependencyPaused).count == 1)
        #expect(sink.lines(.dependencyResumed).count == 1)
        let snapshot = listener.metrics.snapshot()
        #expect(snapshot[.faults(.redis, .cannotConnect)] == 3)
        #expect(snapshot[.pauses(.redis)] == 1)
    }

    @Test func labelsAreTheWordsOfTheCore() {
        #expect(OutcomeLabel.allCases.map(\.text) == Outcome.allCases.map(\.name))
        #expect(DependencyLabel.allCases.map(\.text) == Dependency.allCases.map(\.rawValue))
        #expect(StrategyLabel.allCases.map(\.text) == RecoveryStrategy.allCases.map(\.rawValue))
        #expect(UpkeepLabel.allCases.map(\.text) == UpkeepNote.Work.allCases.map(\.rawValue))
        #expect(RecoveryLabel.allCases.map(\.text) == RecoveryClass.allCases.dropLast().map(\.rawValue))
        #expect(
            RejectionLabel.allCases.map { $0.text.lowercased() } == Rejection.Reason.allCases.map { $0.rawValue })
    }
}
