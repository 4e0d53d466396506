import FreshetCore
import FreshetWorker
import Testing

/// Heads of letters as the families write them, and as they go on.
@Suite struct LetterHeadTests {
    private func record(_ headers: [(String, [UInt8]?)], timestamp: Int64 = 1_700_000_000_000) -> RecordCopy {
        RecordCopy(
            partition: Partition(topic: "shop.changes.dlq", number: 1), offset: 40, timestamp: timestamp,
            key: [1, 2], value: [3], headers: headers.map { RecordHeader(name: $0.0, value: $0.1) })
    }

    private func text(_ text: String) -> [UInt8] { Array(text.utf8) }

    private let origin = LetterOrigin(Partition(topic: "shop.changes", number: 3), offset: 1_042)

    @Test func ownHeadersComeBackAsTheyWereWritten() {
        var head = LetterHead(origin: origin, reason: "invalid-id", message: "id is no number")
        head.originTimestamp = 5
        head.group = "shop"
        head.attempts = 4
        head.firstFailure = 10
        head.lastFailure = 20
        head.replays = 2
        head.notBefore = 30
        head.version = "1.2"
        head.traceparent = "00-ab-cd-01"
        let letter = head.letter(to: "x", record([("ce_id", [9]), ("freshet-replays", text("7"))]))
        let back = LetterHead(ours: letter.headers)
        #expect(back == head)
        #expect(letter.headers.filter { $0.name == "freshet-replays" }.map(\.value) == [text("2")])
    }

    @Test func otherHeadersStayByteForByteInTheirOrder() {
        let foreign: [(String, [UInt8]?)] = [("a", [0, 255]), ("b", nil), ("a", []), ("Freshet-x", [1])]
        let head = LetterHead(origin: origin, reason: "x", message: "")
        let letter = head.letter(to: "x", record([foreign[0], ("freshet-old", [1])] + foreign[1...]))
        #expect(
            Array(letter.headers.prefix(4)) == foreign.map { RecordHeader(name: $0.0, value: $0.1) })
        #expect(!letter.headers.contains { $0.name == "freshet-old" })
        #expect(letter.key == [1, 2])
        #expect(letter.value == [3])
        #expect(letter.timestamp == 1_700_000_000_000)
    }

    @Test func springsBinaryNumbersAreRead() throws {
        let head = try #require(
            LetterHead(
                record([
                    ("kafka_dlt-original-topic", text("orders")),
                    ("kafka_dlt-original-partition", [0, 0, 0, 7]),
                    ("kafka_dlt-original-offset", [0, 0, 0, 0, 0, 1, 0, 2]),
                    ("kafka_dlt-original-timestamp", [0, 0, 1, 0x8B, 0xCF, 0xE5, 0x68, 0]),
                    ("kafka_dlt-original-consumer-group", text("billing")),
                    ("kafka_dlt-exception-fqcn", text("o.s.ListenerExecutionFailedException")),
                    ("kafka_dlt-exception-cause-fqcn", text("java.lang.IllegalStateException")),
                    ("kafka_dlt-exception-message", text("no such order")),
                    // A second round appends.
                    ("kafka_dlt-original-topic", text("orders-retry")),
                    ("kafka_dlt-original-offset", [0, 0, 0, 0, 0, 0, 0, 1]),
                ])))
        #expect(head.family == .spring)
        #expect(head.origin.description == "orders/7/65538")
        #expect(head.originTimestamp == 1_700_000_000_000)
        #expect(head.group == "billing")
        #expect(head.reason == "java.lang.IllegalStateException")
        #expect(head.message == "no such order")
        #expect(head.lastFailure == 1_700_000_000_000)
    }

    @Test func connectsHeadersAreTexts() throws {
        let head = try #require(
            LetterHead(
                record([
                    ("__connect.errors.topic", text("orders")), ("__connect.errors.partition", text("2")),
                    ("__connect.errors.offset", text("99")), ("__connect.errors.connector.name", text("to-s3")),
                    ("__connect.errors.stage", text("VALUE_CONVERTER")),
                    ("__connect.errors.exception.class.name", text("org.apache.kafka.connect.errors.DataException")),
                    ("__connect.errors.exception.message", text("bad json")),
                ])))
        #expect(head.family == .connect)
        #expect(head.origin.description == "orders/2/99")
        #expect(head.group == "connect-to-s3")
        #expect(head.reason == "org.apache.kafka.connect.errors.DataException")
        #expect(head.message == "bad json")
        #expect(head.lastFailure == nil)
    }

    @Test(arguments: ["source_", "original_"])
    func karafkasHeadersAreTexts(prefix: String) throws {
        let letter = record([
            (prefix + "topic", text("orders")), (prefix + "partition", text("0")), (prefix + "offset", text("5")),
            (prefix + "consumer_group", text("app")), (prefix + "attempts", text("3")),
            (prefix + "key", text("order-1")),
        ])
        let head = try #require(LetterHead(letter))
        #expect(head.family == .karafka)
        #expect(head.origin.description == "orders/0/5")
        #expect(head.group == "app")
        #expect(head.attempts == 3)
        #expect(head.reason == "unknown")
        // Its letters have a key of their own; what goes on has the record's.
        #expect(head.letter(to: "orders.shop.retry", letter).key == text("order-1"))
    }

    @Test func aRecordOfNoFamilyIsNoLetter() {
        #expect(LetterHead(record([("source_topic", text("orders"))])) == nil)
        #expect(
            LetterHead(
                record([
                    ("kafka_dlt-original-topic", text("orders")), ("kafka_dlt-original-partition", text("7")),
                    ("kafka_dlt-original-offset", text("8")),
                ])) == nil)
        #expect(LetterHead(record([])) == nil)
    }

    @Test func messagesAreCutBetweenCharacters() throws {
        let long = String(repeating: "é", count: 600)
        let head = LetterHead(origin: origin, reason: "x", message: long)
        let back = try #require(LetterHead(ours: head.headers(over: [])))
        #expect(back.message == String(repeating: "é", count: 498) + "…")
    }

    @Test func anOriginIsReadAsItIsWritten() {
        #expect(LetterOrigin("shop.changes/3/1042") == origin)
        #expect(LetterOrigin("shop.changes/3") == nil)
        #expect(LetterOrigin("shop.changes/-3/1") == nil)
        #expect(LetterOrigin("/3/1") == nil)
    }
}
