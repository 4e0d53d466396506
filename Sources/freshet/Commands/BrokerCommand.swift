import CommandKit
import FreshetCore
import Glibc
import KafkaLink

/// `freshet broker`: the embedded broker in a process of its own, as `freshet dev` starts it.
enum BrokerCommand {
    static let command = Command(
        "broker",
        summary: "runs the embedded broker: a Kafka in memory for trying things out",
        discussion: """
            It is librdkafka's mock cluster on free loopback ports. It prints `bootstrap=HOST:PORT` and forgets \
            everything when it ends. On its input it takes lines like `topic NAME PARTITIONS`, `down BROKER`, \
            `up BROKER` and `quit`; without an input it runs until it is told to end, or until whoever started it is \
            gone.
            """,
        common: [],
        options: [
            .init("topic", .text("NAME:PARTITIONS"), repeats: true, "a topic that is there from the start"),
            .init("brokers", .integer(1...16), fallback: "1", "how many brokers the cluster has"),
            .init("detached", .flag, "take no input"),
        ],
        examples: [.init("freshet broker --topic league.changes:4", "one broker, one topic")],
        run: run)

    private static let millisecondsBetweenLooks = 250

    private static func run(_ invocation: Invocation) async throws -> ExitCode {
        var topics: [(name: String, partitions: Int)] = []
        for text in invocation.texts("topic") { topics.append(try topic(text)) }
        let brokers = Int(invocation.integer("brokers") ?? 1)
        let output: (String) -> Void = { invocation.console.print($0) }
        if invocation.flag("detached") {
            let parent = getppid()
            try EmbeddedBroker.run(
                topics: topics, brokers: brokers,
                input: {
                    // The child of a process that crashed is adopted by another one.
                    while !invocation.stop.isRequested && getppid() == parent {
                        usleep(UInt32(millisecondsBetweenLooks * 1000))
                    }
                    return nil
                }, output: output)
        } else {
            invocation.stop.onRequest { _exit(ExitCode.fine.rawValue) }
            try EmbeddedBroker.run(topics: topics, brokers: brokers, output: output)
        }
        return .fine
    }

    private static func topic(_ text: String) throws(CommandFailure) -> (name: String, partitions: Int) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[0].isEmpty, let count = Int(parts[1]), 1...1000 ~= count else {
            throw CommandFailure(
                .usage, "--topic \(text): write NAME:PARTITIONS with 1 to 1000 partitions, e.g. league.changes:4.")
        }
        return (String(parts[0]), count)
    }
}
