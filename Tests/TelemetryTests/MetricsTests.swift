import Testing

@testable import Telemetry

@Suite struct MetricsTests {
    @Test func lanesAreAddedUp() {
        let metrics = Metrics()
        let first = metrics.lane()
        let second = metrics.lane()
        first.add(.records(.applied), 3)
        second.add(.records(.applied), 4)
        second.add(.records(.ignored))
        #expect(metrics.snapshot()[.records(.applied)] == 7)
        #expect(metrics.snapshot()[.records(.ignored)] == 1)
        #expect(metrics.snapshot()[.records(.superseded)] == 0)
        #expect(metrics.snapshot().recordsFinished == 8)
    }

    @Test func gaugesAreSummedOrTheLargestCounts() {
        let metrics = Metrics()
        let lanes = [metrics.lane(), metrics.lane()]
        lanes[0].set(.lag, 10)
        lanes[1].set(.lag, 5)
        lanes[0].set(.breaker(.redis), 0)
        lanes[1].set(.breaker(.redis), 2)
        lanes[1].set(.lag, 6)
        #expect(metrics.snapshot()[.lag] == 16)
        #expect(metrics.snapshot()[.breaker(.redis)] == 2)
        #expect(metrics.snapshot()[.breaker(.kafka)] == 0)
    }

    @Test func aDifferenceShowsWhatHappenedBetween() {
        let metrics = Metrics()
        let lane = metrics.lane()
        lane.add(.batches, 2)
        lane.observe(.batchRecords, 100)
        let earlier = metrics.snapshot()
        lane.add(.batches, 5)
        lane.observe(.batchRecords, 3)
        let between = metrics.snapshot().since(earlier)
        #expect(between[.batches] == 5)
        #expect(between[.batchRecords].count == 1)
        #expect(between[.batchRecords].sum == 3)
        #expect(between[.batchRecords].quantile(0.5) == 3)
    }

    @Test func quantilesOfKnownNumbers() {
        let lane = LaneMetrics()
        for value in 1...1000 { lane.observe(.freshness, Int64(value) * 1_000_000) }
        let histogram = lane.snapshot()[.freshness]
        #expect(histogram.count == 1000)
        #expect(histogram.sum == 500_500 * 1_000_000)
        #expect(histogram.mean == 500.5 * 1_000_000)
        #expect((500_000_000...532_000_000).contains(histogram.quantile(0.5)))
        #expect((990_000_000...1_000_000_000).contains(histogram.quantile(0.99)))
        #expect(histogram.quantile(1) == 1_000_000_000)
        #expect(histogram.largest == 1_000_000_000)
    }

    @Test func quantileOfNothingIsNothing() {
        #expect(LaneMetrics().snapshot()[.reaction].quantile(0.99) == 0)
        #expect(LaneMetrics().snapshot()[.reaction].mean == 0)
    }

    @Test func clocksThatDisagreeCountAsZero() {
        let lane = LaneMetrics()
        lane.observe(.freshness, -5)
        lane.observe(.reaction, from: 10, to: 7)
        #expect(lane.snapshot()[.freshness].count == 1)
        #expect(lane.snapshot()[.freshness].sum == 0)
        #expect(lane.snapshot()[.reaction].sum == 0)
    }

    @Test func neighboursDontMix() {
        for counter in Counter.all {
            let lane = LaneMetrics()
            lane.add(counter)
            let snapshot = lane.snapshot()
            #expect(Counter.all.filter { snapshot[$0] != 0 } == [counter])
        }
    }

    @Test func aReaderSeesWhatAnotherThreadCounts() async {
        let metrics = Metrics()
        let lane = metrics.lane()
        await Task.detached { for _ in 0..<10_000 { lane.add(.received) } }.value
        #expect(metrics.snapshot()[.received] == 10_000)
    }
}
