import FreshetCore
import KafkaLink
import TestServers
import Testing

@Suite(.serialized) struct LetterBoxTests {
    private static func letter(_ topic: String, value: [UInt8]) -> Letter {
        Letter(topic: topic, partition: nil, timestamp: -1, key: Array("match:7".utf8), value: value, headers: [])
    }

    @Test(arguments: KafkaBrokers.available)
    func aLetterThatIsTooLargeIsNamed(_ brokers: KafkaBrokers) throws {
        let bench = try KafkaBench(brokers)
        let topic = try bench.topic(partitions: 1)
        var settings = bench.settings
        settings.overrides = ["message.max.bytes": "1000000"]
        let box = KafkaLetterBox(settings)
        let fault = #expect(throws: Fault.self) {
            try box.send([
                Self.letter(topic, value: [1]), Self.letter(topic, value: Array(repeating: 0, count: 2_000_000)),
            ])
        }
        #expect(fault?.code == .kafka(name: "MSG_SIZE_TOO_LARGE", fatal: false))
        #expect(fault?.message.contains("key match:7 and 2000000 bytes") == true)
        try box.send([Self.letter(topic, value: [2])])
    }

    @Test func anOutageIsAFaultOfTheConnectionAndTheNextLetterArrives() throws {
        let bench = try KafkaBench(.mock)
        let topic = try bench.topic(partitions: 1)
        var settings = bench.settings
        settings.deliveryTimeout = 2_000
        let box = KafkaLetterBox(settings)
        // The first one waits for the connection, too, and the limit is short.
        #expect(eventually { (try? box.send([Self.letter(topic, value: [1])])) != nil })
        try bench.mock?.takeDown(-1)
        let fault = #expect(throws: Fault.self) { try box.send([Self.letter(topic, value: [2])]) }
        #expect(fault?.code == .timeout)
        try bench.mock?.bringUp(-1)
        #expect(eventually { (try? box.send([Self.letter(topic, value: [3])])) != nil })
    }

    /// The broker answers that a replica is missing: librdkafka tries again by itself.
    @Test func transientRefusalsAreRetried() throws {
        let bench = try KafkaBench(.mock)
        let topic = try bench.topic(partitions: 1)
        let box = KafkaLetterBox(bench.settings)
        try box.send([Self.letter(topic, value: [1])])
        // NOT_ENOUGH_REPLICAS, REQUEST_TIMED_OUT
        bench.mock?.failRequests(0, with: [19, 7])
        try box.send([Self.letter(topic, value: [2])])
        #expect(try KafkaAdmin(bench.settings).watermarks(Partition(topic: topic, number: 0)).high == 2)
    }

    @Test func nobodyListensIsAFault() throws {
        var settings = KafkaSettings(bootstrap: "127.0.0.1:1")
        settings.deliveryTimeout = 1_000
        let fault = #expect(throws: Fault.self) { try KafkaLetterBox(settings).send([Self.letter("t", value: [1])]) }
        #expect(fault?.code == .timeout)
    }

    /// Apache's brokers refuse the number of acknowledgements, and so nothing is written.
    @Test(.enabled(if: KafkaBrokers.hasReal)) func theRightToWriteIsTriedWithoutWriting() throws {
        let bench = try KafkaBench(.real)
        let topic = try bench.topic(partitions: 1)
        #expect(try WriteProbe.ask(bench.settings, topic: topic) == .allowed)
        #expect(try KafkaAdmin(bench.settings).watermarks(Partition(topic: topic, number: 0)).high == 0)
    }
}
