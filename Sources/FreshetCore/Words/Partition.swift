/// A topic and a partition number.
package struct Partition: Hashable, Sendable, Comparable, CustomStringConvertible {
    package var topic: String
    package var number: Int32

    package init(topic: String, number: Int32) {
        self.topic = topic
        self.number = number
    }

    package var description: String { "\(topic)[\(number)]" }

    package static func < (a: Partition, b: Partition) -> Bool {
        a.topic == b.topic ? a.number < b.number : a.topic < b.topic
    }
}
