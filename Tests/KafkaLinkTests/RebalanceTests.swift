import FreshetCore
import KafkaLink
import TestServers
import Testing

@Suite(.serialized) struct RebalanceTests {
    /// Of two members, milliseconds. The mock lets the second one in a second before the first one's would be over.
    private static func session(_ brokers: KafkaBrokers) -> Int { brokers == .mock ? 6_000 : 45_000 }

    @Test(arguments: KafkaBrokers.available, KafkaSettings.GroupProtocol.allCases)
    func aSecondMemberTakesPartitionsAndNothingIsLost(
        _ brokers: KafkaBrokers, _ groupProtocol: KafkaSettings.GroupProtocol
    ) throws {
        let bench = try KafkaBench(brokers)
        let topic = try bench.topic(partitions: 4)
        var settings = bench.settings
        settings.groupProtocol = groupProtocol
        for partition in Int32(0)..<4 { try bench.fill(topic, partition: partition, count: 50) }
        let first = try Member(settings, [topic], session: Self.session(brokers))
        defer { first.group.close(within: 5_000) }
        #expect(eventually(first) { first.seen.count == 200 })

        let second = try Member(settings, [topic], session: Self.session(brokers))
        defer { second.group.close(within: 5_000) }
        // What the first has applied is where the others go on.
        let applied: (Partition) -> Int64 = { partition in
            ((first.offsets(partition) + second.offsets(partition)).max() ?? -1) + 1
        }
        first.startOffset = applied
        second.startOffset = applied
        #expect(eventually(first, second) { first.assigned.count == 2 && second.assigned.count == 2 })
        for partition in Int32(0)..<4 { try bench.fill(topic, partition: partition, from: 50, count: 50) }
        let partitions = (Int32(0)..<4).map { Partition(topic: topic, number: $0) }
        #expect(
            eventually(first, second) {
                partitions.allSatisfy { (first.offsets($0) + second.offsets($0)).contains(99) }
            })
        for partition in partitions {
            #expect(Set(first.offsets(partition) + second.offsets(partition)) == Set(0..<100))
        }
        #expect(first.assigned.isDisjoint(with: second.assigned))
    }

    @Test(arguments: KafkaBrokers.available)
    func aStoppedPartitionHandsOutNothing(_ brokers: KafkaBrokers) throws {
        let bench = try KafkaBench(brokers)
        let topic = try bench.topic(partitions: 2)
        let (kept, stopped) = (Partition(topic: topic, number: 0), Partition(topic: topic, number: 1))
        for partition in [kept, stopped] { try bench.fill(topic, partition: partition.number, count: 1_000) }
        let member = try Member(bench.settings, [topic])
        defer { member.group.close(within: 5_000) }
        #expect(eventually(member) { member.offsets(kept).count >= 1_000 && member.offsets(stopped).count >= 1_000 })
        // Fetched again from the start, so that the lane's queue is full of both when one is stopped.
        try member.start([kept, stopped])
        #expect(eventually { (try? member.receive(limit: 10)) != nil && member.seen.count > 2_000 })
        try member.group.stop([stopped], all: false)
        let before = member.offsets(stopped).count
        #expect(eventually(member) { member.offsets(kept).count == 2_000 })
        #expect(member.offsets(stopped).count == before)
        #expect(member.offsets(kept) == Array(0..<1_000) + Array(0..<1_000))
    }

    @Test(arguments: KafkaBrokers.available)
    func startingOnePartitionAgainLeavesTheOthersWhereTheyAre(_ brokers: KafkaBrokers) throws {
        let bench = try KafkaBench(brokers)
        let topic = try bench.topic(partitions: 3)
        let partitions = (Int32(0)..<3).map { Partition(topic: topic, number: $0) }
        for partition in partitions { try bench.fill(topic, partition: partition.number, count: 500) }
        let member = try Member(bench.settings, [topic])
        defer { member.group.close(within: 5_000) }
        #expect(eventually(member) { member.seen.count == 1_500 })
        member.startOffset = { _ in 490 }
        try member.start([partitions[1]])
        for partition in partitions { try bench.fill(topic, partition: partition.number, from: 500, count: 10) }
        #expect(eventually(member) { member.seen.count >= 1_540 })
        #expect(member.offsets(partitions[0]) == Array(0..<510))
        #expect(member.offsets(partitions[1]) == Array(0..<500) + Array(490..<510))
        #expect(member.offsets(partitions[2]) == Array(0..<510))
        let epochs = Set(member.seen.filter { $0.partition == partitions[1] && $0.offset >= 500 }.map(\.epoch))
        #expect(epochs == [2])
    }

    @Test(arguments: KafkaBrokers.available)
    func aCommitAfterTheRevocationIsRefused(_ brokers: KafkaBrokers) throws {
        let bench = try KafkaBench(brokers)
        let topic = try bench.topic(partitions: 2)
        let partitions = (Int32(0)..<2).map { Partition(topic: topic, number: $0) }
        let first = try Member(bench.settings, [topic], session: Self.session(brokers))
        defer { first.group.close(within: 5_000) }
        #expect(eventually(first) { first.assigned.count == 2 })
        try first.group.commit([partitions[0]: 1, partitions[1]: 1])
        let second = try Member(bench.settings, [topic], session: Self.session(brokers))
        defer { second.group.close(within: 5_000) }
        #expect(eventually(first, second) { first.assigned.count == 1 && second.assigned.count == 1 })
        let gone = try #require(second.assigned.first)
        let kept = try #require(first.assigned.first)
        let fault = #expect(throws: Fault.self) { try first.group.commit([gone: 9, kept: 7]) }
        #expect(fault?.code == .kafka(name: "_STATE", fatal: false))
        #expect(try second.group.committed([gone, kept]) == [gone: 1, kept: 7])
    }

    /// The mock refuses every commit while a rebalance goes on, the real brokers take it until the member has joined
    /// again.
    @Test(arguments: KafkaBrokers.available)
    func offsetsAreCommittedBetweenRevocationAndStop(_ brokers: KafkaBrokers) throws {
        let bench = try KafkaBench(brokers)
        let topic = try bench.topic(partitions: 1)
        let partition = Partition(topic: topic, number: 0)
        // A rebalance of the mock lasts a second less: time enough for the commit to come into it.
        let session = brokers == .mock ? 15_000 : 45_000
        let first = try Member(bench.settings, [topic], session: session)
        first.answers = false
        #expect(eventually(first) { first.assigned.count == 1 })
        let second = try Member(bench.settings, [topic], session: session)
        defer {
            second.group.close(within: 5_000)
            first.group.close(within: 5_000)
        }
        #expect(eventually(first, second) { first.events.contains(.revoked([partition], lost: false)) })
        if brokers == .mock {
            let fault = #expect(throws: Fault.self) { try first.group.commit([partition: 42]) }
            #expect(fault?.code == .kafka(name: "REBALANCE_IN_PROGRESS", fatal: false))
        } else {
            try first.group.commit([partition: 42])
        }
        try first.group.stop([partition], all: true)
        first.answers = true
        #expect(eventually(first, second) { !second.assigned.isEmpty || first.events.count >= 3 })
        #expect(try second.group.committed([partition]) == (brokers == .mock ? [:] : [partition: 42]))
    }
}
