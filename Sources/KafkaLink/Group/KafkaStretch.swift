import FreshetCore
import Glibc

/// A piece of a partition, from an offset up to an end that was noted: reading it comes to an end, whatever is written
/// meanwhile.
package struct KafkaStretch: Hashable, Sendable {
    package var partition: Partition
    package var from: Int64
    /// The first offset that is no longer read.
    package var to: Int64

    package init(_ partition: Partition, from: Int64, to: Int64) {
        self.partition = partition
        self.from = from
        self.to = to
    }

    package var count: Int64 { max(0, to - from) }

    /// The stretches that hold these offsets; two stay one where it is cheaper to read what lies between them.
    package static func covering(
        _ offsets: [Int64], of partition: Partition, gap: Int64 = 2_000
    ) -> [KafkaStretch] {
        var result: [KafkaStretch] = []
        for offset in offsets.sorted() {
            if let last = result.last, offset - last.to <= gap {
                result[result.count - 1].to = max(last.to, offset + 1)
            } else {
                result.append(KafkaStretch(partition, from: offset, to: offset + 1))
            }
        }
        return result
    }
}

extension KafkaAdmin {
    /// All that a topic holds now; empty where it doesn't exist.
    package func stretches(of topic: String) throws(Fault) -> [KafkaStretch] {
        try watermarks(partitions(of: topic)).sorted { $0.key < $1.key }.map { partition, ends in
            KafkaStretch(partition, from: ends.low, to: ends.high)
        }
    }

    /// Waits until a topic that was just created can be asked for its offsets: its leaders are known a moment later.
    package func awaitTopic(_ topic: String) throws(Fault) {
        let deadline = Deadline(milliseconds: settings.requestTimeout)
        while true {
            do throws(Fault) {
                let found = try cluster().topics.first { $0.name == topic }
                if let found, found.error == nil, found.leaderless.isEmpty, try !stretches(of: topic).isEmpty { return }
            } catch {
                if deadline.hasPassed { throw error }
            }
            if deadline.hasPassed {
                throw KafkaFault.timeout("leaders of \(topic)", milliseconds: settings.requestTimeout)
            }
            usleep(50_000)
        }
    }
}
