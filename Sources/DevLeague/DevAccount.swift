/// What a run says at its end.
struct DevAccount: Sendable {
    var state: DevState
    /// Records that were on the topic before the run.
    var found: Int64
    /// Records that ended in one of the outcomes.
    var finished: Int64
    var comparison: FinalComparison

    var addsUp: Bool { finished == found + state.produced }
    var isGood: Bool { addsUp && comparison.stale.isEmpty }

    func lines() -> [StyledLine] {
        var lines = [
            StyledLine("The account", .bold),
            row("played", "\(state.played) of \(state.scenes) scenes in \(DevText.clock(state.elapsed))"),
            records,
            row("keys", DevSummary(state).keys),
        ]
        if let times = state.numbers.freshness {
            lines.append(
                row(
                    "freshness",
                    "p50 \(DevText.time(times.p50)) · p99 \(DevText.time(times.p99)) · worst "
                        + "\(DevText.time(times.largest)), from the record's timestamp to its keys new or gone"))
        }
        return lines + compared
    }

    private var records: StyledLine {
        let before = found > 0 ? "\(found) found + " : ""
        let sum = state.numbers.outcomes.filter { $0.count > 0 }.map { "\($0.count) \($0.name)" }
        let ended = sum.isEmpty ? "nothing finished" : sum.joined(separator: " + ")
        return row("records", "\(before)\(state.produced) sent = \(ended)").adding(
            addsUp ? "  ✓" : "  ✗ \(found + state.produced - finished) are missing", addsUp ? .good : .bad)
    }

    private var compared: [StyledLine] {
        let total = comparison.equal + comparison.absent + comparison.stale.count
        let line = row(
            "compared",
            "\(total) keys with their read models: \(comparison.equal) equal byte for byte, "
                + "\(comparison.absent) not cached")
        if comparison.stale.isEmpty { return [line.adding(", none stale").adding("  ✓", .good)] }
        let names = comparison.stale.sorted().prefix(10).joined(separator: ", ")
        return [line.adding("  ✗ \(comparison.stale.count) stale: \(names)", .bad)]
    }

    private func row(_ name: String, _ text: String) -> StyledLine {
        StyledLine("  \(DevText.padded(name, 10))", .dim).adding(text)
    }
}
