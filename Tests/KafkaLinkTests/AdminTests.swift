import FreshetCore
import KafkaLink
import TestServers
import Testing

@Suite(.serialized) struct AdminTests {
    @Test(arguments: KafkaBrokers.available)
    func topicsAndBrokersAreTold(_ brokers: KafkaBrokers) throws {
        let bench = try KafkaBench(brokers)
        let topic = try bench.topic(partitions: 3)
        let admin = try KafkaAdmin(bench.settings)
        #expect(eventually { (try? admin.partitions(of: topic).count) == 3 })
        let cluster = try admin.cluster()
        #expect(cluster.brokers.count == 1)
        #expect(cluster.topics.first { $0.name == topic }?.replicas == 1)
    }

    @Test(.enabled(if: KafkaBrokers.hasReal)) func offsetsForTimes() throws {
        let bench = try KafkaBench(.real)
        // The records are years old: with the default retention the broker would remove them at its next look.
        let topic = try bench.topic(partitions: 1, configuration: ["retention.ms": "-1"])
        let partition = Partition(topic: topic, number: 0)
        let producer = try KafkaProducer(bench.settings)
        for second in Int64(0)..<10 {
            try producer.produce(
                topic: topic, partition: 0, key: nil, value: [UInt8(second)],
                timestamp: 1_700_000_000_000 + second * 1_000)
        }
        try producer.flush(within: 20_000)
        let admin = try KafkaAdmin(bench.settings)
        #expect(try admin.offset(partition, at: 1_700_000_003_000) == 3)
        #expect(try admin.offset(partition, at: 1_700_000_003_001) == 4)
        #expect(try admin.offset(partition, at: 0) == 0)
        #expect(try admin.offset(partition, at: 1_800_000_000_000) == 10)
    }

    /// A dead-letter topic that came to be so would forget its letters after a week.
    @Test(.enabled(if: KafkaBrokers.hasReal)) func askingForATopicDoesNotMakeIt() throws {
        let bench = try KafkaBench(.real)
        let name = try bench.topic(partitions: 1, configuration: ["retention.ms": "-1"])
        let admin = try KafkaAdmin(bench.settings)
        for _ in 0..<5 { #expect(try admin.partitions(of: "\(name).none").isEmpty) }
        #expect(try !admin.cluster().topics.contains { $0.name == "\(name).none" })
        #expect(eventually { (try? admin.configuration(of: name)["retention.ms"]) == "-1" })
    }

    @Test(.enabled(if: KafkaBrokers.hasReal)) func groupsAreDescribedAndTheirOffsetsSet() throws {
        let bench = try KafkaBench(.real)
        let topic = try bench.topic(partitions: 2)
        let (first, second) = (Partition(topic: topic, number: 0), Partition(topic: topic, number: 1))
        let admin = try KafkaAdmin(bench.settings)
        let group = bench.settings.group
        var member: Member? = try Member(bench.settings, [topic])
        #expect(eventually(try #require(member)) { member?.assigned.count == 2 })
        try member?.group.commit([first: 5])
        let description = try admin.describe(group: group)
        #expect(description.state == "Stable")
        #expect(description.members.map(\.partitions) == [[first, second]])
        #expect(try admin.groups().contains(group))
        member?.group.close(within: 10_000)
        member = nil
        #expect(eventually { (try? admin.describe(group: group).state) == "Empty" })
        try admin.setCommitted(group: group, [first: 1, second: 2])
        #expect(try admin.committed(group: group, [first, second]) == [first: 1, second: 2])
    }

    @Test(.enabled(if: KafkaBrokers.hasReal)) func aTopicIsMadeAndDeleted() throws {
        let bench = try KafkaBench(.real)
        let admin = try KafkaAdmin(bench.settings)
        let topic = try bench.topic(partitions: 2, configuration: ["retention.ms": "60000"])
        let fault = #expect(throws: Fault.self) { try admin.createTopic(topic, partitions: 1) }
        #expect(fault?.code == .kafka(name: "TOPIC_ALREADY_EXISTS", fatal: false))
        try admin.deleteTopic(topic)
        #expect(try eventually { try admin.cluster().topics.allSatisfy { $0.name != topic } })
    }

    @Test func nobodyThereIsAFaultWithinTheBound() {
        var settings = KafkaSettings(bootstrap: "127.0.0.1:1")
        settings.requestTimeout = 500
        let fault = #expect(throws: Fault.self) { try KafkaAdmin(settings).cluster() }
        #expect([.connectionLost, .timeout, .cannotConnect].contains(fault?.code))
    }
}
