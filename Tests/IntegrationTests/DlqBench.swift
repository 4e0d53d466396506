import Foundation
import FreshetCore
import FreshetWorker
import KafkaLink
import LocalServers
import TestServers

/// A dead-letter topic and its retry topic on a broker, a configuration, and `freshet dlq` as the real binary.
final class DlqBench {
    static let partitions: Int32 = 3

    struct Result {
        var code: Int32
        var out: String
        var err: String

        /// The result as a program reads it.
        func object() throws -> [String: Any] {
            try JSONSerialization.jsonObject(with: Data(out.utf8)) as? [String: Any] ?? [:]
        }

        func list() throws -> [[String: Any]] {
            try JSONSerialization.jsonObject(with: Data(out.utf8)) as? [[String: Any]] ?? []
        }
    }

    let folder: TemporaryFolder
    let broker: BrokerProcess?
    let kafka: KafkaSettings
    let topic: String
    let group: String
    let config: String
    private let writer: LetterWriter
    private let producer: KafkaProducer

    var deadLetters: String { "\(topic).dlq" }
    var retryTopic: String { "\(topic).\(group).retry" }

    init(_ brokers: KafkaBrokers, postgres: String? = nil, requestTimeout: String = "30s") throws {
        folder = try TemporaryFolder()
        topic = "shop-\(UUID().uuidString.prefix(8).lowercased())"
        group = "on-call"
        let names = [topic, "\(topic).dlq", "\(topic).\(group).retry", "orders.DLT"]
        if brokers == .mock {
            let process = try BrokerProcess(topics: names, partitions: Int(Self.partitions))
            broker = process
            kafka = KafkaSettings(bootstrap: process.bootstrap, group: "tests")
        } else {
            broker = nil
            kafka = KafkaSettings(bootstrap: KafkaServer.shared?.bootstrap ?? "", group: "tests")
            // The retry topic is made by the command itself.
            for name in names.prefix(2) {
                try KafkaAdmin(kafka).createTopic(
                    name, partitions: Int(Self.partitions), configuration: ["retention.ms": "-1"])
            }
        }
        writer = LetterWriter(WorkerSettings(owner: "shop", group: group))
        producer = try KafkaProducer(kafka)
        config = "\(folder.path)/freshet.yaml"
        try Self.graph(topic).write(toFile: "\(folder.path)/shop.yaml", atomically: true, encoding: .utf8)
        try """
        deployment: shop
        graph: shop.yaml
        kafka: {bootstrap: "\(kafka.bootstrap)", group: \(group), request-timeout: \(requestTimeout)}
        postgres: {url: "\(postgres ?? "postgresql://nobody@127.0.0.1:1/nothing")"}
        """.write(toFile: config, atomically: true, encoding: .utf8)
    }

    private static func graph(_ topic: String) -> String {
        """
        freshet: 1
        namespace: {prefix: v1}
        topics:
          \(topic):
            format: json
            events: after-commit
            fields: {type: type, id: id, version: version}
            types: {product.changed: product, category.changed: category}
        kinds:
          product:
            id: bigint
            version: true
            keys:
              - template: "product:{id}"
                sql: select id, doc, version from product_document where id = any($1)
                ttl: 1d
          category:
            id: bigint
            keys:
              - template: "category:{id}"
                sql: select id, doc from category_document where id = any($1)
                ttl: 1d
        edges:
          - from: product
            to: category
            read-model: same-transaction
            sql: select id, category_id from product where id = any($1)
        """
    }

    /// A record of the source topic as it was read.
    func record(_ number: Int, _ value: String, headers: [RecordHeader] = []) -> RecordCopy {
        RecordCopy(
            partition: Partition(topic: topic, number: Int32(number) % Self.partitions), offset: Int64(number),
            timestamp: 1_600_000_000_000 + Int64(number), key: Array("key \(number)".utf8), value: Array(value.utf8),
            headers: headers)
    }

    func product(_ number: Int) -> RecordCopy {
        record(number, #"{"type":"product.changed","id":\#(number),"version":2}"#)
    }

    func origin(_ number: Int) -> String { "\(topic)/\(Int32(number) % Self.partitions)/\(number)" }

    /// Writes the letter that a worker would write.
    func reject(
        _ record: RecordCopy, _ reason: Rejection.Reason, _ message: String = "no good", ago: Duration = .seconds(60)
    ) throws {
        let now = Int64(Date().timeIntervalSince1970 * 1_000) - ago.components.seconds * 1_000
        try write(writer.deadLetter(record, Rejection(reason, message), attempts: 1, now: now))
    }

    func write(_ letter: Letter) throws {
        try producer.produce(
            topic: letter.topic, partition: letter.partition, key: letter.key, value: letter.value,
            headers: letter.headers, timestamp: letter.timestamp)
    }

    func flush() throws { try producer.flush(within: 30_000) }

    /// What a topic holds.
    func records(of topic: String) throws -> [RecordCopy] {
        let reader = try KafkaTopicReader(kafka)
        var records: [RecordCopy] = []
        for stretch in try KafkaAdmin(kafka).stretches(of: topic) {
            try reader.read(stretch) { record throws(Fault) in
                records.append(record)
                return true
            }
        }
        return records
    }

    /// Origins in the retry topic, each as often as it is there.
    func sent() throws -> [String] {
        try records(of: retryTopic).compactMap { LetterHead(ours: $0.headers).map { "\($0.origin)" } }
    }

    func start(_ words: [String], input: FileHandle? = nil) throws -> DlqProcess {
        try DlqProcess(["dlq"] + words + ["--config", config], folder: folder.path, input: input)
    }

    func run(_ words: String...) throws -> Result { try start(words).end() }

    /// Ids that `list` shows.
    func listed(_ words: String...) throws -> [String] {
        try start(["list", "--output", "json", "--limit", "100000"] + words).end().list().compactMap {
            $0["id"] as? String
        }
    }
}

/// One command under way.
final class DlqProcess {
    private let process = Process()
    private let out: String
    private let err: String

    /// Its status, where it was us who noticed its end.
    private var status: Int32?

    init(_ words: [String], folder: String, input: FileHandle?, executable: String = TestEnvironment.binary) throws {
        let name = "\(folder)/dlq-\(UUID().uuidString.prefix(8))"
        (out, err) = ("\(name).out", "\(name).err")
        for file in [out, err] { _ = FileManager.default.createFile(atPath: file, contents: nil) }
        process.executableURL = URL(filePath: executable)
        process.arguments = words
        process.standardOutput = FileHandle(forWritingAtPath: out)
        process.standardError = FileHandle(forWritingAtPath: err)
        process.standardInput = input ?? FileHandle.nullDevice
        try process.run()
    }

    deinit { if isRunning { kill(process.processIdentifier, SIGKILL) } }

    /// Foundation misses the end of a process now and then, and would wait for it for ever.
    var isRunning: Bool {
        guard status == nil, process.isRunning else { return false }
        var found: Int32 = 0
        guard waitpid(process.processIdentifier, &found, WNOHANG) == process.processIdentifier else { return true }
        status = found & 0x7f == 0 ? found >> 8 & 0xff : found & 0x7f
        return false
    }

    func signal(_ number: Int32) { kill(process.processIdentifier, number) }

    func end() -> DlqBench.Result {
        while isRunning { usleep(2_000) }
        func text(_ file: String) -> String { (try? String(contentsOfFile: file, encoding: .utf8)) ?? "" }
        return DlqBench.Result(code: status ?? process.terminationStatus, out: text(out), err: text(err))
    }
}
