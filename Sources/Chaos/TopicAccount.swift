import FreshetCore

/// Holds the counts beside the checkpoints against what stands in the topics, record by record.
///
/// It needs a control record that lived as long as the topics: in a run whose faults are those of workers.
struct TopicAccount: Sendable {
    /// Of the topics with events, and of the retry topics.
    private(set) var sources = OutcomeCounts()
    private(set) var retries = OutcomeCounts()
    private let isSource: Set<Partition>
    private let counted: [Partition: Int64]
    private var records: [Partition: Int64] = [:]
    private var deadOrigins: Set<String> = []
    private var deferredOrigins: Set<String> = []
    /// Letters as they were written, some of them twice around a crash.
    private(set) var letters: Int64 = 0

    init(sources: Set<Partition>, checkpoints: [Partition: Checkpoint]) {
        isSource = sources
        counted = checkpoints.mapValues { $0.counts.total }
        for (partition, checkpoint) in checkpoints {
            if sources.contains(partition) {
                self.sources = self.sources + checkpoint.counts
            } else {
                retries = retries + checkpoint.counts
            }
        }
    }

    mutating func add(_ record: RecordCopy, isLetter: Bool) {
        if isLetter {
            letters += 1
            deadOrigins.insert(Self.origin(record))
            return
        }
        records[record.partition, default: 0] += 1
        if !isSource.contains(record.partition) { deferredOrigins.insert(Self.origin(record)) }
    }

    var consumed: Int64 { records.filter { isSource.contains($0.key) }.reduce(0) { $0 + $1.value } }
    var retried: Int64 { records.filter { !isSource.contains($0.key) }.reduce(0) { $0 + $1.value } }
    var deadByOrigin: Int64 { Int64(deadOrigins.count) }
    var deferredByOrigin: Int64 { Int64(deferredOrigins.count) }

    /// What doesn't add up.
    var problems: [String] {
        var found: [String] = []
        for (partition, count) in records where counted[partition, default: 0] != count {
            found.append("\(partition) holds \(count) records, and \(counted[partition, default: 0]) were counted")
        }
        // A deferred record that was written twice may fail for good twice: one origin, two counts.
        let dead = sources.deadLettered...sources.deadLettered + retries.deadLettered
        if !dead.contains(deadByOrigin) {
            found.append("\(deadByOrigin) records have letters, and \(dead.upperBound) were counted as dead-lettered")
        }
        // One that was sent just before a kill may be applied at once after it: then it is counted as that.
        if sources.deferred > deferredByOrigin {
            found.append(
                "\(sources.deferred) records were counted as deferred, and \(deferredByOrigin) were sent to the retry "
                    + "topics")
        }
        return found.sorted()
    }

    private static func origin(_ record: RecordCopy) -> String {
        ["topic", "partition", "offset"].map { name in
            let header = record.headers.last { $0.name == "freshet-origin-\(name)" }
            return String(decoding: header?.value ?? [], as: UTF8.self)
        }.joined(separator: "/")
    }
}
