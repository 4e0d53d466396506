import CommandKit
import Foundation
import FreshetCore
import KafkaLink
import LocalServers

/// The Kafka of a chaos run: somebody's own, one that a kit's scripts start, or the embedded one as a child.
final class ChaosBroker {
    private enum Kind {
        case external
        /// The folder with `kafka-up` and `kafka-down`, and the one that they run in.
        case kit(scripts: String, run: String)
        case embedded(Process, input: FileHandle, output: FileHandle)
    }

    static let partitions = 6

    let bootstrap: String
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
            let run = "\(folder)/kafka"
            let line = try script(
                "\(kit)/kafka-up", [run, "--set", "group.min.session.timeout.ms=1000"], log: "\(folder)/up.log")
            let bootstrap = String(line.dropFirst("bootstrap=".count))
            try create(topic, bootstrap)
            return ChaosBroker(
                bootstrap: bootstrap, topic: topic, name: "Apache Kafka (started here)",
                kind: .kit(scripts: kit, run: run))
        default:
            try create(topic, wish)
            return ChaosBroker(bootstrap: wish, topic: topic, name: "Kafka at \(wish)", kind: .external)
        }
    }

    /// Somebody's own broker isn't ours to take down.
    var canGoDown: Bool { if case .external = kind { false } else { true } }

    var settings: KafkaSettings {
        var settings = KafkaSettings(bootstrap: bootstrap, group: "\(topic).workers")
        settings.deliveryTimeout = 60_000
        return settings
    }

    func down() throws {
        switch kind {
        case .external: break
        case .kit(let scripts, let run):
            _ = try Self.script("\(scripts)/kafka-down", [run, "1", "--kill"], log: "\(run)/down.log")
        case .embedded(_, let input, let output): try Self.tell("down 1", input, output)
        }
    }

    func up() throws {
        switch kind {
        case .external: break
        case .kit(let scripts, let run):
            _ = try Self.script("\(scripts)/kafka-up", [run, "--restart", "1"], log: "\(run)/up.log")
        case .embedded(_, let input, let output): try Self.tell("up 1", input, output)
        }
    }

    func stop() {
        switch kind {
        case .external:
            // Best effort: somebody's broker shall not collect our topics.
            _ = try? KafkaAdmin(settings).deleteTopic(topic)
            _ = try? KafkaAdmin(settings).deleteTopic("\(topic).dlq")
        case .kit(let scripts, let run):
            _ = try? Self.script("\(scripts)/kafka-down", [run, "--kill"], log: "\(run)/down.log")
        case .embedded(let process, let input, _):
            // The end of its input is its end.
            try? input.close()
            process.waitUntilExit()
        }
    }

    private static func embedded(_ topic: String) throws -> ChaosBroker {
        let process = Process()
        let (input, output) = (Pipe(), Pipe())
        process.executableURL = URL(filePath: try ChaosWorker.executable())
        process.arguments =
            ["broker", "--topic", "\(topic):\(partitions)", "--topic", "\(topic).dlq:\(partitions)"]
            + ["--topic", "\(topic).\(topic).workers.retry:\(partitions)"]
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
        for name in [topic, "\(topic).dlq"] { try admin.createTopic(name, partitions: partitions) }
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
