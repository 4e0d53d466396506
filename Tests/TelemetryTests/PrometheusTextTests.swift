import Testing

@testable import Telemetry

@Suite struct PrometheusTextTests {
    @Test func countersWithLabels() {
        let lane = LaneMetrics()
        lane.add(.records(.deadLettered), 2)
        let lines = PrometheusText.render(lane.snapshot()).split(separator: "\n")
        #expect(lines.contains("freshet_records_total{outcome=\"dead-lettered\"} 2"))
        #expect(lines.contains("freshet_records_total{outcome=\"applied\"} 0"))
        #expect(lines.contains("# TYPE freshet_records_total counter"))
    }

    @Test func histogramsAreCumulativeAndInSeconds() {
        let lane = LaneMetrics()
        lane.observe(.freshness, 3_000_000)
        lane.observe(.freshness, 2_000_000_000)
        let lines = PrometheusText.render(lane.snapshot()).split(separator: "\n")
        #expect(lines.contains("freshet_freshness_seconds_bucket{le=\"0.001\"} 0"))
        #expect(lines.contains("freshet_freshness_seconds_bucket{le=\"0.005\"} 1"))
        #expect(lines.contains("freshet_freshness_seconds_bucket{le=\"5\"} 2"))
        #expect(lines.contains("freshet_freshness_seconds_bucket{le=\"+Inf\"} 2"))
        #expect(lines.contains("freshet_freshness_seconds_sum 2.003"))
        #expect(lines.contains("freshet_freshness_seconds_count 2"))
    }

    /// Prometheus refuses a family that is begun twice.
    @Test func eachFamilyStandsTogether() {
        let types = PrometheusText.render(MetricsSnapshot()).split(separator: "\n").filter { $0.hasPrefix("# TYPE") }
        #expect(Set(types).count == types.count)
        #expect(types.count == 50)
    }
}
