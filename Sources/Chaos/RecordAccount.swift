import FreshetCore

/// Holds the counts beside the checkpoints against the topic.
///
/// A partition's checkpoint less its counted records is the number of records that nobody counted: it stays the same
/// while records are applied, whatever crashes, and changes only where a recovery decision skips records on purpose (a
/// rebuild from the noted end) or Redis goes back to an earlier state. Every other change is a record lost or counted
/// twice.
struct RecordAccount {
    /// A worker's log line about recovery.
    struct Decision {
        var partition: Partition
        var start: Int64
        /// Milliseconds since 1970.
        var time: Int64
    }

    struct Finding {
        var partition: Partition
        var records: Int64
        var words: String
    }

    private struct Sample {
        var process: String
        var incarnation: String
        var offset: Int64
        var counted: Int64
        var time: Int64

        var uncounted: Int64 { offset - counted }
    }

    /// How long a decision may wait until it is carried out (its worker may be stopped in between); milliseconds.
    private static let patience: Int64 = 15_000

    private var last: [Partition: Sample] = [:]
    private var seen: [Partition: Set<Int64>] = [:]
    private(set) var findings: [Finding] = []
    /// Records that rebuilds skipped; what they announced was rebuilt from the read models.
    private(set) var skipped: Int64 = 0

    var unaccounted: Int64 { findings.reduce(0) { $0 + $1.records } }

    /// `decisions` is asked for only where something changed.
    mutating func look(_ view: ControlView, _ now: Int64, decisions: () -> [Decision]) {
        guard let record = view.record else { return }
        for (partition, checkpoint) in record.checkpoints {
            let sample = Sample(
                process: view.process, incarnation: record.incarnation, offset: checkpoint.offset,
                counted: checkpoint.counts.total, time: now)
            add(sample, partition, decisions)
        }
    }

    private mutating func add(_ sample: Sample, _ partition: Partition, _ decisions: () -> [Decision]) {
        // Before the first record nothing is counted.
        let before =
            last[partition]
            ?? Sample(process: sample.process, incarnation: sample.incarnation, offset: 0, counted: 0, time: 0)
        defer {
            last[partition] = sample
            seen[partition, default: [0]].insert(sample.uncounted)
        }
        guard sample.uncounted != before.uncounted else { return }
        let isSameRecord = sample.process == before.process && sample.incarnation == before.incarnation
        // Counts at the time of the decision lie between the two samples; in another record they began anew or went
        // back.
        let possible = (isSameRecord ? before.counted : 0)...max(sample.counted, isSameRecord ? before.counted : 0)
        let isExplained = decisions().contains { decision in
            decision.partition == partition && decision.time >= before.time - Self.patience
                && possible.contains(decision.start - sample.uncounted)
        }
        if isExplained {
            // In a new record the counts begin anew; what was skipped lies between the last look and its start.
            skipped += max(0, isSameRecord ? sample.uncounted - before.uncounted : sample.uncounted - before.offset)
        } else if isSameRecord || !seen[partition, default: [0]].contains(sample.uncounted) {
            findings.append(
                Finding(
                    partition: partition, records: abs(sample.uncounted - before.uncounted),
                    words: "\(partition): checkpoint \(before.offset) with \(before.counted) counted, then "
                        + "\(sample.offset) with \(sample.counted), and no decision says why"))
        }
    }
}
