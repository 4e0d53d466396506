import CommandKit
import FreshetCore
import Glibc
import KafkaLink
import LocalServers

/// The Kafka of a run: the embedded broker as a child process, or somebody's real one.
final class DevBroker {
    static let partitions = 4
    private static let startTimeout: UInt64 = 20_000_000_000

    let bootstrap: String
    private let process: ServerProcess?

    /// The child is this very executable: a crash of the mock must not take the run with it.
    init(startingIn folder: String, retries group: String? = nil) throws {
        let executable = try Self.ownExecutable()
        let log = "\(folder)/broker.log"
        let process = try ServerProcess(
            executable: executable,
            arguments: ["broker", "--detached"]
                + (Self.topics + Self.retryTopics(group)).flatMap { ["--topic", "\($0):\(Self.partitions)"] },
            log: log, pidFile: "\(folder)/broker.pid")
        let end = MachineClock.now() + Self.startTimeout
        while true {
            if let line = Self.firstLine(of: log, after: "bootstrap=") {
                bootstrap = line
                break
            }
            guard process.isRunning, MachineClock.now() < end else {
                process.kill()
                throw CommandFailure(.unreachable, "The embedded broker did not start: \(process.lastWords)")
            }
            usleep(5_000)
        }
        self.process = process
    }

    /// Makes the topic where it isn't there yet.
    init(bootstrap: String) throws {
        self.bootstrap = bootstrap
        process = nil
        let admin = try KafkaAdmin(KafkaSettings(bootstrap: bootstrap))
        // All topics: asking for one by its name makes a broker create it as it likes.
        let there = Set(try admin.cluster().topics.map(\.name))
        for topic in Self.topics where !there.contains(topic) {
            try admin.createTopic(topic, partitions: Self.partitions)
        }
    }

    /// librdkafka's mock answers an empty fetch when its time is over, not when a record arrives.
    var clientSettings: String { process == nil ? "" : "fetch.wait.max.ms: 5" }

    func producer() throws(Fault) -> KafkaProducer {
        var settings = KafkaSettings(bootstrap: bootstrap)
        // Events come one by one: waiting for company would only make each of them late.
        settings.overrides = ["linger.ms": "0"]
        return try KafkaProducer(settings)
    }

    func stop() { process?.terminate(within: 5_000) }

    private static var topics: [String] { [SeasonPlayer.topic, SeasonPlayer.topic + ".dlq"] }

    private static func retryTopics(_ group: String?) -> [String] {
        group.map { ["\(SeasonPlayer.topic).\($0).retry"] } ?? []
    }

    private static func ownExecutable() throws -> String {
        var path = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = readlink("/proc/self/exe", &path, path.count)
        guard count > 0 else { throw CommandFailure(.fatal, "Can't find out where this program lies: /proc/self/exe") }
        return String(decoding: path[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    private static func firstLine(of file: String, after prefix: String) -> String? {
        guard let handle = fopen(file, "r") else { return nil }
        defer { fclose(handle) }
        var bytes = [UInt8](repeating: 0, count: 4096)
        let text = String(decoding: bytes[..<fread(&bytes, 1, bytes.count, handle)], as: UTF8.self)
        // A line without its end may still be in the making.
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
        return lines.first { $0.hasPrefix(prefix) }.map { String($0.dropFirst(prefix.count)) }
    }
}
