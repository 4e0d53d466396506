import FreshetCore
import KafkaLink
import TestServers
import Testing

@Suite(.serialized) struct TopicReaderTests {
    private func offsets(_ reader: KafkaTopicReader, _ stretch: KafkaStretch) throws -> [Int64] {
        var offsets: [Int64] = []
        try reader.read(stretch) { record throws(Fault) in
            offsets.append(record.offset)
            return true
        }
        return offsets
    }

    @Test(arguments: KafkaBrokers.available)
    func everyStretchIsReadWhole(_ brokers: KafkaBrokers) throws {
        let bench = try KafkaBench(brokers)
        let topic = try bench.topic(partitions: 2)
        for partition in Int32(0)..<2 { try bench.fill(topic, partition: partition, count: 2_000) }
        let all = try KafkaAdmin(bench.settings).stretches(of: topic)
        #expect(all.map(\.count) == [2_000, 2_000])
        let reader = try KafkaTopicReader(bench.settings)
        var chance = SplitMix(seed: 5)
        for round in 0..<200 {
            let from = Int64(chance.next() % 1_900)
            let to = from + 1 + Int64(chance.next() % 100)
            let stretch = KafkaStretch(
                Partition(topic: topic, number: Int32(chance.next() % 2)), from: from, to: to)
            let found = try offsets(reader, stretch)
            #expect(found == Array(from..<to), "round \(round): \(stretch)")
            if round % 50 == 0 { #expect(try offsets(reader, all[0]).count == 2_000) }
        }
    }

    @Test(arguments: KafkaBrokers.available)
    func itEndsAtTheNotedEndAndWhereItIsTold(_ brokers: KafkaBrokers) throws {
        let bench = try KafkaBench(brokers)
        let topic = try bench.topic(partitions: 1)
        try bench.fill(topic, count: 10)
        let partition = Partition(topic: topic, number: 0)
        let noted = try KafkaAdmin(bench.settings).stretches(of: topic)[0]
        try bench.fill(topic, from: 10, count: 10)
        let reader = try KafkaTopicReader(bench.settings)
        #expect(try offsets(reader, noted) == Array(0..<10))
        #expect(try offsets(reader, KafkaStretch(partition, from: 20, to: 20)) == [])
        // More was noted than is there, as behind a transaction's marker.
        #expect(try offsets(reader, KafkaStretch(partition, from: 15, to: 25)) == Array(15..<20))
        var taken = 0
        try reader.read(noted) { _ throws(Fault) in
            taken += 1
            return taken < 3
        }
        #expect(taken == 3)
    }

    @Test func offsetsNearEachOtherAreOneStretch() {
        let partition = Partition(topic: "t", number: 0)
        #expect(
            KafkaStretch.covering([5_000, 1, 3, 100, 2_101], of: partition) == [
                KafkaStretch(partition, from: 1, to: 2_102), KafkaStretch(partition, from: 5_000, to: 5_001),
            ])
        #expect(KafkaStretch.covering([], of: partition) == [])
    }
}
