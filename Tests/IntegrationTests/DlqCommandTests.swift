import Foundation
import FreshetCore
import FreshetWorker
import TestServers
import Testing

/// `freshet dlq` as the person on call uses it.
@Suite struct DlqCommandTests {
    @Test(arguments: KafkaBrokers.available)
    func listFiltersAndCountsEachRecordOnce(_ brokers: KafkaBrokers) throws {
        let bench = try DlqBench(brokers)
        try bench.reject(bench.product(1), .rejectedByReadModel, ago: .seconds(7_200))
        try bench.reject(bench.product(1), .rejectedByReadModel, ago: .seconds(7_100))
        try bench.reject(bench.record(2, "{"), .malformedJSON, ago: .seconds(600))
        try bench.reject(
            bench.record(3, #"{"type":"category.changed","id":9}"#), .rejectedByReadModel, ago: .seconds(300))
        try bench.reject(bench.record(4, #"{"type":"product.changed","id":"x"}"#), .invalidID, ago: .seconds(60))
        try bench.flush()
        let ids = (0..<5).map(bench.origin)
        #expect(try bench.listed() == [ids[1], ids[2], ids[3], ids[4]])
        #expect(try bench.listed("--reason", "rejected-by-read-model") == [ids[1], ids[3]])
        #expect(try bench.listed("--reason", "rejected-by-read-model", "--reason", "invalid-id").count == 3)
        #expect(try bench.listed("--reason", "rejected-by-read-model", "--kind", "category") == [ids[3]])
        #expect(try bench.listed("--kind", "product") == [ids[1]])
        #expect(try bench.listed("--id", "category:9") == [ids[3]])
        #expect(try bench.listed("--id", ids[2], "--id", "product:1") == [ids[1], ids[2]])
        #expect(try bench.listed("--key", "key 4") == [ids[4]])
        #expect(try bench.listed("--since", "1h") == [ids[2], ids[3], ids[4]])
        #expect(try bench.listed("--since", "1h", "--until", "4m") == [ids[2], ids[3]])
        #expect(try bench.listed("--partition", "1") == [ids[1], ids[4]])
        #expect(try bench.listed("--offset", "2-3") == [ids[2], ids[3]])
        #expect(try bench.listed("--offset", "2-3", "--partition", "2") == [ids[2]])
        #expect(try bench.listed("--kind", "category", "--partition", "1") == [])

        let text = try bench.run("list", "--limit", "2").out
        #expect(text.contains("4 letters (the first 2 are listed; --limit shows more)"))
        #expect(text.contains(ids[1]))
        #expect(!text.contains(ids[3]))
        let row = try #require(try bench.run("list", "--id", ids[1], "--output", "json").list().first)
        #expect(row["copies"] as? Int == 2)
        #expect(row["entities"] as? [String] == ["product:1"])
        #expect(row["key"] as? String == "key 1")
    }

    @Test(arguments: KafkaBrokers.available)
    func discardParkAndUnparkAreSeenByEverybody(_ brokers: KafkaBrokers) throws {
        let bench = try DlqBench(brokers)
        for number in 0..<6 { try bench.reject(bench.product(number), .rejectedByReadModel) }
        try bench.flush()
        let dry = try bench.run("discard", "--offset", "0-1")
        #expect(dry.out.contains("Would discard 2 letters."))
        #expect(try bench.listed().count == 6)
        #expect(try bench.run("discard", "--offset", "0-1", "--execute").out.contains("Discarded 2 letters."))
        #expect(try bench.run("park", "--id", "product:2", "--execute").out.contains("Parked 1 letter."))
        #expect(try bench.listed().sorted() == (3..<6).map(bench.origin).sorted())
        #expect(try bench.listed("--state", "discarded").sorted() == (0..<2).map(bench.origin).sorted())
        #expect(try bench.listed("--state", "parked") == [bench.origin(2)])
        #expect(try bench.listed("--state", "all").count == 6)
        // A record that is read and rejected once more stays discarded.
        try bench.reject(bench.product(0), .rejectedByReadModel, ago: .seconds(1))
        try bench.flush()
        #expect(try bench.listed().count == 3)
        #expect(try bench.run("unpark", "--yes", "--execute", "--output", "json").object()["done"] as? Int == 1)
        #expect(try bench.listed().count == 4)
        let stats = try bench.run("stats", "--output", "json").object()
        #expect(stats["open"] as? Int == 4)
        #expect(stats["discarded"] as? Int == 2)
    }

    @Test func lettersOfOtherFamiliesAreUnderstood() throws {
        let bench = try DlqBench(.mock)
        func header(_ name: String, _ text: String) -> RecordHeader { .init(name: name, value: Array(text.utf8)) }
        func big(_ number: Int64, _ bytes: Int) -> [UInt8] {
            (0..<bytes).reversed().map { UInt8(truncatingIfNeeded: number >> (Int64($0) * 8)) }
        }
        let value = Array(#"{"type":"product.changed","id":3,"version":1}"#.utf8)
        func letter(_ headers: [RecordHeader]) -> Letter {
            Letter(
                topic: "orders.DLT", partition: nil, timestamp: 1_700_000_000_000, key: [1], value: value,
                headers: headers)
        }
        try bench.write(
            letter([
                header("kafka_dlt-original-topic", bench.topic),
                .init(name: "kafka_dlt-original-partition", value: big(2, 4)),
                .init(name: "kafka_dlt-original-offset", value: big(77, 8)),
                .init(name: "kafka_dlt-original-timestamp", value: big(1_650_000_000_000, 8)),
                header("kafka_dlt-exception-fqcn", "org.example.Broken"),
                header("kafka_dlt-exception-message", "it broke"),
            ]))
        try bench.write(
            letter([
                header("__connect.errors.topic", "elsewhere"), header("__connect.errors.partition", "0"),
                header("__connect.errors.offset", "5"), header("__connect.errors.exception.message", "no schema"),
                header("__connect.errors.exception.class.name", "org.apache.kafka.connect.errors.DataException"),
            ]))
        try bench.write(
            letter([
                header("source_topic", bench.topic), header("source_partition", "1"), header("source_offset", "6"),
                header("source_key", "the real key"),
            ]))
        try bench.write(letter([header("x", "y")]))
        try bench.flush()
        let rows = try bench.run("list", "--topic", "orders.DLT", "--output", "json").list()
        #expect(Set(rows.compactMap { $0["family"] as? String }) == ["spring", "connect", "karafka", "none"])
        let spring = "\(bench.topic)/2/77"
        #expect(
            Set(rows.compactMap { $0["id"] as? String }.filter { !$0.hasPrefix("orders.DLT") })
                == [spring, "elsewhere/0/5", "\(bench.topic)/1/6"])
        #expect(try bench.run("list", "--topic", "orders.DLT", "--reason", "DataException").out.contains("no schema"))

        // Only what this group reads can be sent to it; the record's own key is put back, its
        // timestamp stands in the head.
        let done = try bench.run("retry", "--topic", "orders.DLT", "--yes", "--execute")
        #expect(done.out.contains("Sent 2 letters."))
        #expect(done.out.contains("2 letters left out: this group doesn't read the topic they came from."))
        let sent = try bench.records(of: bench.retryTopic)
        let first = try #require(sent.first { LetterHead(ours: $0.headers)?.origin.offset == 77 })
        #expect(LetterHead(ours: first.headers)?.originTimestamp == 1_650_000_000_000)
        #expect(first.headers.contains { $0.name == "kafka_dlt-exception-message" })
        let other = try #require(sent.first { LetterHead(ours: $0.headers)?.origin.offset == 6 })
        #expect(other.key == Array("the real key".utf8))
        #expect(try bench.listed("--topic", "orders.DLT").count == 2)
    }

    @Test func exportedLettersAreImportedByteForByte() throws {
        let bench = try DlqBench(.mock)
        var odd = bench.record(1, "", headers: [.init(name: "h", value: [0xff])])
        odd.value = [0, 0xff]
        odd.key = nil
        try bench.reject(odd, .malformedJSON, "line\nbreak")
        try bench.reject(bench.product(2), .rejectedByReadModel)
        try bench.flush()
        let lines = try bench.run("export").out
        #expect(lines.split(separator: "\n").count == 2)
        let file = "\(bench.folder.path)/letters.jsonl"
        try lines.write(toFile: file, atomically: true, encoding: .utf8)

        #expect(try bench.run("import", file).out.contains("2 letters there already"))
        let other = try DlqBench(.mock)
        let dry = try other.run("import", file, "--topic", other.deadLetters)
        #expect(dry.out.contains("Would import 2 letters."))
        #expect(try other.run("import", file, "--topic", other.deadLetters, "--execute").out.contains("Imported 2"))
        func plain(_ bench: DlqBench) throws -> Set<[String]> {
            Set(
                try bench.records(of: bench.deadLetters).map {
                    ["\($0.key ?? [])\($0.key == nil)", "\($0.value ?? [])", "\($0.timestamp)", "\($0.headers)"]
                })
        }
        #expect(try plain(bench) == plain(other))
        #expect(try other.run("import", file, "--topic", other.deadLetters, "--execute").out.contains("Imported 0"))

        try (lines + "{}\n").write(toFile: file, atomically: true, encoding: .utf8)
        let bad = try bench.run("import", file)
        #expect(bad.code == 2)
        #expect(bad.err.contains("letters.jsonl:3"))
    }

    @Test func showTellsEverything() throws {
        let (postgres, name) = try SharedLeagueServer.database()
        let bench = try DlqBench(.mock, postgres: postgres.url(database: name))
        try postgres.psql(
            """
            create table product (id bigint primary key, category_id bigint not null);
            insert into product values (7, 3);
            create view product_document as select id, id::text as doc, 1::bigint as version from product;
            create view category_document as select category_id as id, id::text as doc from product;
            """, database: name)
        try bench.reject(bench.product(7), .rejectedByReadModel, "division by zero")
        try bench.reject(bench.record(8, #"{"type":"product.changed","id":"x"}"#), .invalidID, "id is no number")
        try bench.flush()
        let shown = try bench.run("show", bench.origin(7)).out
        #expect(shown.contains("division by zero"))
        #expect(shown.contains("    {\n      \"type\": \"product.changed\",\n      \"id\": 7,"))
        #expect(shown.contains("v1:category:3"))
        #expect(shown.contains("product:7 → category:3"))
        let hopeless = try bench.run("show", bench.origin(8)).out
        #expect(hopeless.contains("it would be rejected again"))
        let json = try #require(try bench.run("show", "product:7", "--output", "json").list().first)
        #expect((json["cascades"] as? [Any])?.count == 1)
    }

    @Test func anEmptyTopicAndNoTopicAreFine() throws {
        let bench = try DlqBench(.mock)
        #expect(try bench.run("list").out == "No letters.\n")
        #expect(try bench.run("stats").out.hasPrefix("0 letters open\n"))
        #expect(try bench.run("retry", "--yes", "--execute").out == "Sent 0 letters.\n")
        #expect(try bench.run("export").out == "")
        #expect(try bench.run("stats", "--max", "0").code == 0)
        try bench.reject(bench.product(1), .invalidID)
        try bench.flush()
        #expect(try bench.run("stats", "--max", "0").code == 1)
        #expect(try bench.run("list", "--topic", "nowhere").code == 2)
    }

    @Test func whatCannotBeMeantIsRefused() throws {
        let bench = try DlqBench(.mock)
        #expect(try bench.run("list", "--kind", "produkt").err.contains("did you mean `product`?"))
        #expect(try bench.run("list", "--id", "seven").err.contains("neither a letter"))
        #expect(try bench.run("list", "--since", "yesterday").code == 2)
        #expect(try bench.run("list", "--offset", "9-1").code == 2)
        #expect(try bench.run("retry", "--execute").err.contains("add --yes"))
        #expect(try bench.run("discard", "--execute").code == 2)
        #expect(try bench.run("import", "/nowhere/at/all").code == 2)
        #expect(try bench.run("retry", "--rate", "0").code == 2)
        let deaf = "\(bench.folder.path)/deaf.yaml"
        try (String(contentsOfFile: bench.config, encoding: .utf8) + "\nworker: {retry: {rounds: 0}}\n")
            .write(toFile: deaf, atomically: true, encoding: .utf8)
        let refused = try DlqProcess(["dlq", "retry", "--config", deaf], folder: bench.folder.path, input: nil).end()
        #expect(refused.code == 2)
        #expect(refused.err.contains("`worker.retry.rounds` is 0"))
    }

    @Test func aBrokerThatIsAwayIsCodeThree() throws {
        let bench = try DlqBench(.mock, requestTimeout: "5s")
        try #require(bench.broker).tell("down 1")
        #expect(try bench.run("list").code == 3)
        #expect(try bench.run("retry", "--yes", "--execute").code == 3)
    }
}
