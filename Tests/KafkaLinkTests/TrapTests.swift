import FreshetCore
import KafkaLink
import TestServers
import Testing

/// Traps of librdkafka 2.0.2, each by the number of its issue where it has one.
@Suite(.serialized) struct TrapTests {
    /// #4686: resuming a partition that was not paused rewinds it.
    @Test(arguments: KafkaBrokers.available)
    func resumingWhatIsNotPausedRepeatsNothing(_ brokers: KafkaBrokers) throws {
        let bench = try KafkaBench(brokers)
        let topic = try bench.topic(partitions: 1)
        let partition = Partition(topic: topic, number: 0)
        try bench.fill(topic, count: 10)
        let member = try Member(bench.settings, [topic])
        defer { member.group.close(within: 5_000) }
        #expect(eventually(member) { member.seen.count == 10 })
        try member.group.resume([partition, Partition(topic: "never-heard-of", number: 3)])
        try bench.fill(topic, from: 10, count: 10)
        #expect(eventually(member) { member.seen.count >= 20 })
        #expect(member.offsets(partition) == Array(0..<20))
    }

    /// #2190 and #5343: a pause right after the start, and one with records fetched ahead, lose nothing.
    @Test(arguments: KafkaBrokers.available)
    func pausingLosesAndRepeatsNothing(_ brokers: KafkaBrokers) throws {
        let bench = try KafkaBench(brokers)
        let topic = try bench.topic(partitions: 1)
        let partition = Partition(topic: topic, number: 0)
        try bench.fill(topic, count: 2_000)
        let member = try Member(bench.settings, [topic])
        defer { member.group.close(within: 5_000) }
        #expect(eventually(member) { member.seen.count == 2_000 })
        member.forget()
        member.startOffset = { _ in 100 }
        try member.start([partition])
        try member.group.pause([partition])
        try member.receive(within: 300)
        #expect(member.seen.isEmpty)
        try member.group.resume([partition])
        #expect(eventually { (try? member.receive(limit: 10)) != nil && !member.seen.isEmpty })
        try member.group.pause([partition])
        let paused = member.seen.count
        try member.receive(within: 300)
        #expect(member.seen.count == paused)
        try member.group.resume([partition])
        #expect(eventually(member) { member.seen.count >= 1_900 })
        #expect(member.offsets(partition) == Array(100..<2_000))
    }

    /// #2961: after a lost offset the partition's fetcher is dead, and a seek doesn't wake it. Forced by deleting
    /// records.
    @Test(.enabled(if: KafkaBrokers.hasReal))
    func anOffsetDeletedByRetentionIsReportedAndThePartitionStartsAgain() throws {
        let bench = try KafkaBench(.real)
        let topic = try bench.topic(partitions: 2)
        let (lost, other) = (Partition(topic: topic, number: 0), Partition(topic: topic, number: 1))
        for partition in [lost, other] { try bench.fill(topic, partition: partition.number, count: 100) }
        try KafkaAdmin(bench.settings).deleteRecords(before: [lost: 60])
        let member = try Member(bench.settings, [topic])
        defer { member.group.close(within: 5_000) }
        member.startOffset = { $0 == lost ? 10 : 0 }
        #expect(eventually(member) { member.events.contains(.outOfRange(lost)) })
        #expect(try member.group.ends(of: lost) == (60, 100))
        member.startOffset = { _ in 60 }
        try member.start([lost])
        #expect(eventually(member) { member.offsets(lost).count >= 40 && member.offsets(other).count >= 100 })
        #expect(member.offsets(lost) == Array(60..<100))
        #expect(member.offsets(other) == Array(0..<100))
    }

    /// The same on the mock, which keeps 5 MiB per partition.
    @Test(arguments: KafkaSettings.GroupProtocol.allCases)
    func anOffsetTrimmedByTheMockIsReportedAndThePartitionStartsAgain(
        _ groupProtocol: KafkaSettings.GroupProtocol
    ) throws {
        let bench = try KafkaBench(.mock)
        let topic = try bench.topic(partitions: 1)
        let partition = Partition(topic: topic, number: 0)
        var settings = bench.settings
        settings.overrides = ["compression.codec": "none", "batch.num.messages": "10"]
        let producer = try KafkaProducer(settings)
        for _ in 0..<1_200 {
            try producer.produce(topic: topic, partition: 0, key: nil, value: Array(repeating: 120, count: 10_000))
        }
        try producer.flush(within: 30_000)
        settings = bench.settings
        settings.groupProtocol = groupProtocol
        let member = try Member(settings, [topic])
        defer { member.group.close(within: 5_000) }
        #expect(eventually(member) { member.events.contains(.outOfRange(partition)) })
        let (low, high) = try member.group.ends(of: partition)
        #expect(low > 0 && high == 1_200)
        member.startOffset = { _ in low }
        try member.start([partition])
        #expect(eventually(member) { member.offsets(partition).last == 1_199 })
        #expect(member.offsets(partition) == Array(low..<1_200))
    }

    /// #4519: closing with every broker gone ends within its bound, and so does the end of the client.
    @Test func closingIsBoundedWithEveryBrokerDown() throws {
        let bench = try KafkaBench(.mock)
        let topic = try bench.topic(partitions: 1)
        try bench.fill(topic, count: 10)
        var member: Member? = try Member(bench.settings, [topic])
        #expect(eventually(try #require(member)) { member?.seen.count == 10 })
        try bench.mock?.takeDown(-1)
        let start = ContinuousClock.now
        member?.group.close(within: 1_000)
        member = nil
        // Without the bounds of close and of the client's end, 4 s, it would be for ever.
        #expect(ContinuousClock.now - start < .seconds(120))
    }

    /// A list that went through pause and resume and is never freed makes the client's end hang.
    @Test func theClientEndsAfterPauseAndResume() throws {
        // Other tests' clients count as well, and on a busy machine one may take longer than the bound now and then;
        // the hang is there each time.
        var isInTime = false
        for _ in 0..<10 where !isInTime { isInTime = try endsInTimeAfterPauseAndResume() }
        #expect(isInTime)
    }

    private func endsInTimeAfterPauseAndResume() throws -> Bool {
        let bench = try KafkaBench(.mock)
        let topic = try bench.topic(partitions: 3)
        let partitions = (Int32(0)..<3).map { Partition(topic: topic, number: $0) }
        var member: Member? = try Member(bench.settings, [topic])
        #expect(eventually(try #require(member)) { member?.assigned.count == 3 })
        for _ in 0..<20 {
            try member?.group.pause(partitions)
            try member?.group.resume(partitions)
        }
        weak let group = member?.group
        member?.group.close(within: 10_000)
        let before = KafkaGroup.abandonedClients
        member = nil
        let isInTime = KafkaGroup.abandonedClients == before
        #expect(group == nil)
        return isInTime
    }

    /// A broker that drops the connection is an outage: it is told, and fetching goes on by itself.
    @Test func fetchingGoesOnAfterTheBrokerCameBack() throws {
        let bench = try KafkaBench(.mock)
        let topic = try bench.topic(partitions: 1)
        try bench.fill(topic, count: 5)
        let member = try Member(bench.settings, [topic])
        defer { member.group.close(within: 5_000) }
        #expect(eventually(member) { member.seen.count == 5 })
        try bench.mock?.takeDown(1)
        #expect(
            eventually(member) {
                member.events.contains { if case .fault = $0 { true } else { false } }
            })
        try bench.mock?.bringUp(1)
        try bench.fill(topic, from: 5, count: 5)
        #expect(eventually(member) { member.seen.count >= 10 })
        #expect(member.offsets(Partition(topic: topic, number: 0)) == Array(0..<10))
    }

    /// A queue over its bound stops librdkafka's fetching for up to a second; about a hundred such stops here.
    @Test(arguments: KafkaBrokers.available)
    func aSmallQueueDoesNotStallFetching(_ brokers: KafkaBrokers) throws {
        let bench = try KafkaBench(brokers)
        let topic = try bench.topic(partitions: 1)
        var settings = bench.settings
        settings.overrides = ["compression.codec": "none", "batch.num.messages": "100"]
        let producer = try KafkaProducer(settings)
        for _ in 0..<20_000 {
            try producer.produce(topic: topic, partition: 0, key: nil, value: Array(repeating: 120, count: 200))
        }
        try producer.flush(within: 30_000)
        settings = bench.settings
        settings.prefetch = .init(queueRecords: 50, partitionBytes: 40_000)
        let member = try Member(settings, [topic])
        defer { member.group.close(within: 5_000) }
        // Joining the group doesn't count.
        #expect(eventually(member) { !member.assigned.isEmpty })
        #expect(eventually(member, seconds: 40) { member.seen.count >= 20_000 })
        let isWhole = member.offsets(Partition(topic: topic, number: 0)) == Array(0..<20_000)
        #expect(isWhole)
    }
}
