import CommandKit
import Foundation
import FreshetCore
import KafkaLink
import LocalServers

/// The Kafka of a chaos run: somebody's own, one that a kit's scripts start, or the embedded one as a child.
final class ChaosBroker {
    private enum Kind {
        case external
        /// The folder with `kafka-up` and `kafka-down`, the one that they run in, and the proxy that the broker names
        /// as its own address: whoever asks it where it is comes through there.
        case kit(scripts: String, run: String, door: TCPProxy)
        case embedded(Process, input: FileHandle, output: FileHandle)
    }

    static let partitions = 6
    static let capturedPartitions = 3
    /// Keys of requests in Kafka's protocol: Produce, Fetch, OffsetCommit, JoinGroup, Heartbeat, SyncGroup.
    private static let requests = [0, 1, 8, 11, 12, 14]
    /// Connections that the embedded broker drops in one cut, by each kind of request.
    private static let dropped = 6

    let bootstrap: String
    /// Events that are sent after their commit.
    let topic: String
    let name: String
    private let kind: Kind

    private init(bootstrap: String, topic: String, name: String, kind: Kind) {
        self.bootstrap = bootstrap
        self.topic = topic
        self.name = name
        self.kind = kind
    }

    /// `wish` is `embedded`, `kit`, or the bootstrap servers of a Kafka that runs already.
    static func start(_ wish: String, kit: String?, folder: String) throws -> ChaosBroker {
        let topic = "chaos-\(String(UInt32.random(in: .min ... .max), radix: 16)).changes"
        switch wish {
        case "embedded": return try embedded(topic)
        case "kit":
            guard let kit else {
                throw CommandFailure(.usage, "--kafka kit: set FRESHET_TEST_KAFKA_KIT to a folder with kafka-up.")
            }
            return try started(kit, "\(folder)/kafka", topic)
        default:
            try create(topic, wish)
            return ChaosBroker(bootstrap: wish, topic: topic, name: "Kafka at \(wish)", kind: .external)
        }
    }

    /// Events that can be there before their commit is visible.
    var captured: String { "\(topic).captured" }

    var sourceTopics: [String] { [topic, captured] }
    var letterTopics: [String] { sourceTopics.map { "\($0).dlq" } }
    var retryTopics: [String] { sourceTopics.map { "\($0).\(topic).workers.retry" } }

    var retries: [Partition] {
        zip(retryTopics, [Self.partitions, Self.capturedPartitions]).flatMap { name, count in
            (0..<Int32(count)).map { Partition(topic: name, number: $0) }
        }
    }

    var sources: [Partition] {
        (0..<Int32(Self.partitions)).map { Partition(topic: topic, number: $0) }
            + (0..<Int32(Self.capturedPartitions)).map { Partition(topic: captured, number: $0) }
    }

    /// Somebody's own broker isn't ours to break.
    var canBreak: Bool { if case .external = kind { false } else { true } }

    var settings: KafkaSettings {
        var settings = KafkaSettings(bootstrap: bootstrap, group: "\(topic).workers")
        settings.deliveryTimeout = 60_000
        return settings
    }

    func down() throws {
        switch kind {
        case .external: break
        case .kit(let scripts, let run, _):
            _ = try Self.script("\(scripts)/kafka-down", [run, "1", "--kill"], log: "\(run)/down.log")
        case .embedded(_, let input, let output): try Self.tell("down 1", input, output)
        }
    }

    func up() throws {
        switch kind {
        case .external: break
        case .kit(let scripts, let run, _):
            _ = try Self.script("\(scripts)/kafka-up", [run, "--restart", "1"], log: "\(run)/up.log")
        case .embedded(_, let input, let output): try Self.tell("up 1", input, output)
        }
    }

    func cut() throws {
        switch kind {
        case .external: break
        case .kit(_, _, let door):
            door.set(.refusing)
            door.cut()
        case .embedded(_, let input, let output):
            // -195 drops the connection that the request came on.
            let codes = Array(repeating: "-195", count: Self.dropped).joined(separator: " ")
            for key in Self.requests { try Self.tell("error \(key) \(codes)", input, output) }
        }
    }

    func stall(milliseconds: Int) throws {
        switch kind {
        case .external: break
        case .kit(_, _, let door): door.set(.stalled)
        case .embedded(_, let input, let output): try Self.tell("rtt 1 \(milliseconds)", input, output)
        }
    }

    /// After `cut` or `stall`.
    func open() throws {
        switch kind {
        case .external: break
        case .kit(_, _, let door): door.set(.open)
        case .embedded(_, let input, let output):
            try Self.tell("rtt 1 0", input, output)
            for key in Self.requests { try Self.tell("clear \(key)", input, output) }
        }
    }

    func stop() {
        switch kind {
        case .external:
            // Best effort: somebody's broker shall not collect our topics.
            for (name, _) in Self.topics(topic) { _ = try? KafkaAdmin(settings).deleteTopic(name) }
        case .kit(let scripts, let run, let door):
            door.stop()
            _ = try? Self.script("\(scripts)/kafka-down", [run, "--kill"], log: "\(run)/down.log")
        case .embedded(let process, let input, _):
            // The end of its input is its end.
            try? input.close()
            process.waitUntilExit()
        }
    }

    private static func topics(_ topic: String) -> [(name: String, partitions: Int)] {
        let captured = "\(topic).captured"
        return [(topic, partitions), (captured, capturedPartitions)].flatMap { name, partitions in
            [(name, partitions), ("\(name).dlq", partitions), ("\(name).\(topic).workers.retry", partitions)]
        }
    }

    private static func started(_ kit: String, _ run: String, _ topic: String) throws -> ChaosBroker {
        let door = try TCPProxy(target: 0)
        let settings = [
            "group.min.session.timeout.ms=1000", "advertised.listeners=PLAINTEXT://127.0.0.1:\(door.port)",
        ]
        let line = try script(
            "\(kit)/kafka-up", [run] + settings.flatMap { ["--set", $0] }, log: "\(run)-up.log")
        guard let port = line.split(separator: ":").last.flatMap({ Int($0) }) else {
            throw CommandFailure(.unreachable, "kafka-up said: \(line)")
        }
        door.point(to: port)
        let bootstrap = "127.0.0.1:\(door.port)"
        try create(topic, bootstrap)
        return ChaosBroker(
            bootstrap: bootstrap, topic: topic, name: "Apache Kafka (started here)",
            kind: .kit(scripts: kit, run: run, door: door))
    }

    private static func embedded(_ topic: String) throws -> ChaosBroker {
        let process = Process()
        let (input, output) = (Pipe(), Pipe())
        process.executableURL = URL(filePath: try ChaosWorker.executable())
        process.arguments = ["broker"] + topics(topic).flatMap { ["--topic", "\($0.name):\($0.partitions)"] }
        process.standardInput = input
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        let first = line(from: output.fileHandleForReading)
        guard first.hasPrefix("bootstrap=") else {
            throw CommandFailure(.unreachable, "The embedded broker did not start: \(first)")
        }
        return ChaosBroker(
            bootstrap: String(first.dropFirst("bootstrap=".count)), topic: topic, name: "the embedded broker",
            kind: .embedded(process, input: input.fileHandleForWriting, output: output.fileHandleForReading))
    }

    private static func create(_ topic: String, _ bootstrap: String) throws {
        let admin = try KafkaAdmin(KafkaSettings(bootstrap: bootstrap))
        for (name, partitions) in topics(topic) { try admin.createTopic(name, partitions: partitions) }
    }

    private static func tell(_ words: String, _ input: FileHandle, _ output: FileHandle) throws {
        try input.write(contentsOf: Data((words + "\n").utf8))
        let answer = line(from: output)
        guard answer == "ok" else { throw CommandFailure(.fatal, "The embedded broker said: \(answer)") }
    }

    private static func line(from handle: FileHandle) -> String {
        var bytes: [UInt8] = []
        while let byte = try? handle.read(upToCount: 1)?.first, byte != UInt8(ascii: "\n") { bytes.append(byte) }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Runs a script to its end; its last line. The output goes to a file, so that a server which it leaves behind
    /// holds no pipe open.
    private static func script(_ path: String, _ arguments: [String], log: String) throws -> String {
        _ = FileManager.default.createFile(atPath: log, contents: nil)
        guard let file = FileHandle(forWritingAtPath: log) else {
            throw CommandFailure(.fatal, "Can't write \(log)")
        }
        let process = Process()
        process.executableURL = URL(filePath: path)
        process.arguments = arguments
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = file
        process.standardError = file
        try process.run()
        process.waitUntilExit()
        let output = (try? String(contentsOfFile: log, encoding: .utf8)) ?? ""
        guard process.terminationStatus == 0 else { throw CommandFailure(.unreachable, "\(path): \(output)") }
        return output.split(separator: "\n").last.map(String.init) ?? ""
    }
}
