import FreshetCore
import KafkaLink
import TestServers
import Testing

@Suite(.serialized) struct RoundTripTests {
    @Test(arguments: KafkaBrokers.available)
    func everyByteOfARecordSurvives(_ brokers: KafkaBrokers) throws {
        let bench = try KafkaBench(brokers)
        // The records are years old: a real broker with the default retention would remove them at its next look.
        let topic = try bench.topic(partitions: 1, configuration: ["retention.ms": "-1"])
        let headers = [
            RecordHeader(name: "a", value: [0, 255, 10]), RecordHeader(name: "a", value: nil),
            RecordHeader(name: "empty", value: []),
        ]
        let letters = [
            Letter(
                topic: topic, partition: 0, timestamp: 1_700_000_000_123, key: [0, 1, 0xFF], value: [0xC3, 0x28],
                headers: headers),
            Letter(topic: topic, partition: 0, timestamp: 1_700_000_000_124, key: nil, value: nil, headers: []),
            Letter(topic: topic, partition: 0, timestamp: 1_700_000_000_125, key: [], value: [], headers: []),
        ]
        try KafkaLetterBox(bench.settings).send(letters)
        let member = try Member(bench.settings, [topic])
        defer { member.group.close(within: 5_000) }
        let partition = Partition(topic: topic, number: 0)
        #expect(eventually(member) { member.copies.count >= 3 })
        #expect(
            member.copies
                == letters.enumerated().map { index, letter in
                    RecordCopy(
                        partition: partition, offset: Int64(index), timestamp: letter.timestamp, key: letter.key,
                        value: letter.value, headers: letter.headers)
                })
    }

    @Test(arguments: KafkaBrokers.available)
    func committedOffsetsAndWatermarksAreTold(_ brokers: KafkaBrokers) throws {
        let bench = try KafkaBench(brokers)
        let topic = try bench.topic(partitions: 2)
        let (first, second) = (Partition(topic: topic, number: 0), Partition(topic: topic, number: 1))
        try bench.fill(topic, count: 7)
        let member = try Member(bench.settings, [topic])
        defer { member.group.close(within: 5_000) }
        #expect(eventually(member) { member.offsets(first).count == 7 })
        #expect(try member.group.committed([first, second]) == [:])
        try member.group.commit([first: 5])
        #expect(try member.group.committed([first, second]) == [first: 5])
        #expect(try member.group.ends(of: first) == (0, 7))
        #expect(try member.group.ends(of: second) == (0, 0))
        #expect(try member.group.records(at: [first: 3, second: 0]).mapValues(\.value) == [first: Array("v3".utf8)])
        #expect(try member.group.records(at: [first: 7]).isEmpty)
        #expect(try member.group.records(at: [:]).isEmpty)
        let lane = try #require(member.group.lanes.first)
        #expect(try lane.records(first, at: [6, 2, 9, 3]).map(\.offset) == [2, 3, 6])
        #expect(try lane.records(second, at: [0, 4]) == [])
    }

    /// What is there, without waiting; and then the bell is silent, whoever rang it.
    @Test(arguments: KafkaBrokers.available)
    func whatIsThereIsTakenWithoutWaiting(_ brokers: KafkaBrokers) throws {
        let bench = try KafkaBench(brokers)
        let topic = try bench.topic(partitions: 1)
        let member = try Member(bench.settings, [topic])
        defer { member.group.close(within: 5_000) }
        try bench.fill(topic, count: 1)
        #expect(eventually(member) { member.copies.count == 1 })
        let lane = member.lane
        lane.wake()
        #expect(Bell.isRung(lane.bell, within: 0))
        #expect(lane.rung(limit: 10).count == 0)
        #expect(!Bell.isRung(lane.bell, within: 0))
        try bench.fill(topic, count: 3)
        var values: [RecordCopy] = []
        var most = 0
        let hasAll = eventually {
            _ = Bell.isRung(lane.bell, within: 20)
            let batch = lane.rung(limit: 2)
            most = max(most, batch.count)
            values += (0..<batch.count).map { batch.copy($0, partition: Partition(topic: topic, number: 0)) }
            return values.count == 3
        }
        #expect(hasAll && most <= 2)
        #expect(values.map(\.offset) == [1, 2, 3])
    }

    @Test(arguments: KafkaBrokers.available)
    func theEndOfAPartitionIsReported(_ brokers: KafkaBrokers) throws {
        let bench = try KafkaBench(brokers)
        let topic = try bench.topic(partitions: 1)
        try bench.fill(topic, count: 3)
        let member = try Member(bench.settings, [topic])
        defer { member.group.close(within: 5_000) }
        var ends: [Int64] = []
        #expect(
            eventually(member) {
                ends += member.lane.reachedEnds().map(\.offset)
                return ends.contains(3)
            })
        #expect(member.lane.reachedEnds().isEmpty)
    }

    /// Of itself and of what it holds: records are decompressed into more than was fetched.
    @Test(arguments: KafkaBrokers.available)
    func aRecordMayBeLargerThanAFetchAnswer(_ brokers: KafkaBrokers) throws {
        let bench = try KafkaBench(brokers)
        let topic = try bench.topic(partitions: 2, configuration: ["retention.ms": "-1"])
        var random = SplitMix(seed: 7)
        let letters = (0..<8).map { number in
            let value =
                switch number % 4 {
                case 0: [UInt8(number)]
                case 1: Array(repeating: UInt8(number), count: 3_000_000)
                default: (0..<900_000).map { _ in UInt8(truncatingIfNeeded: random.next()) }
                }
            return Letter(
                topic: topic, partition: Int32(number % 2), timestamp: 1_700_000_000_000, key: nil, value: value,
                headers: [])
        }
        try KafkaLetterBox(bench.settings).send(letters)
        let member = try Member(bench.settings, [topic])
        defer { member.group.close(within: 5_000) }
        #expect(eventually(member) { member.copies.count >= letters.count })
        for number in 0..<2 {
            let came = member.copies.filter { $0.partition.number == Int32(number) }
            let sent = letters.filter { $0.partition == Int32(number) }
            // Not compared by the expectation, which would print megabytes.
            let isSame = came.map { $0.value } == sent.map { $0.value }
            #expect(isSame, "partition \(number)")
        }
    }
}
