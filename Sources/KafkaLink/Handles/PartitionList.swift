import CRdkafka
import FreshetCore

/// Owns a list of partitions. A list that is leaked after pause or resume makes `rd_kafka_destroy` hang for ever, so
/// there is one owner, and it can't be copied.
struct PartitionList: ~Copyable {
    let pointer: UnsafeMutablePointer<rd_kafka_topic_partition_list_t>

    init(_ partitions: some Collection<Partition>) {
        pointer = rd_kafka_topic_partition_list_new(Int32(clamping: partitions.count))
        for partition in partitions { rd_kafka_topic_partition_list_add(pointer, partition.topic, partition.number) }
    }

    init(_ offsets: [Partition: Int64]) {
        pointer = rd_kafka_topic_partition_list_new(Int32(clamping: offsets.count))
        for (partition, offset) in offsets.sorted(by: { $0.key < $1.key }) {
            rd_kafka_topic_partition_list_add(pointer, partition.topic, partition.number).pointee.offset = offset
        }
    }

    /// Takes over a list that librdkafka gave away.
    init(owning pointer: UnsafeMutablePointer<rd_kafka_topic_partition_list_t>) { self.pointer = pointer }

    deinit { rd_kafka_topic_partition_list_destroy(pointer) }

    struct Element {
        var partition: Partition
        var offset: Int64
        var error: rd_kafka_resp_err_t
    }

    var elements: [Element] { Self.elements(pointer) }

    /// Reads a list that somebody else owns.
    static func elements(_ list: UnsafePointer<rd_kafka_topic_partition_list_t>?) -> [Element] {
        guard let list else { return [] }
        return (0..<Int(list.pointee.cnt)).map { index in
            let element = list.pointee.elems[index]
            return Element(
                partition: Partition(topic: String(cString: element.topic), number: element.partition),
                offset: element.offset, error: element.err)
        }
    }

    static func elements(_ list: UnsafeMutablePointer<rd_kafka_topic_partition_list_t>?) -> [Element] {
        elements(UnsafePointer(list))
    }
}
