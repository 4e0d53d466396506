import CommandKit
import FreshetConfig
import FreshetCore
import KafkaLink
import Wiring

/// `--topic T[:p,p]` and `--all-topics`, as kafka-consumer-groups has them.
enum OffsetsScope {
    static let topic = CommandOption(
        "topic", short: "t", .text("TOPIC[:P,P]"), repeats: true, "this topic, or these partitions of it")
    static let options: [CommandOption] = [
        topic,
        .init("all-topics", .flag, "all topics that the workers read, their retry topics too"),
    ]

    /// `fallback`: what is meant where nothing is said; nil: something must be said.
    static func partitions(
        _ invocation: Invocation, _ deployment: Deployment, _ admin: KafkaAdmin, fallback: [String]? = nil
    ) throws -> [Partition] {
        let known = deployment.consumedTopics
        let words = invocation.texts("topic")
        guard !words.isEmpty || invocation.flag("all-topics") || fallback != nil else {
            throw CommandFailure(.usage, "Say which topics: --topic NAME, --topic NAME:0,1 or --all-topics.")
        }
        guard !words.isEmpty else {
            let topics = invocation.flag("all-topics") ? known : fallback ?? known
            return try topics.flatMap { topic throws(Fault) in try admin.partitions(of: topic) }
        }
        var partitions: [Partition] = []
        for word in words {
            let (topic, numbers) = try split(word, known)
            let there = try admin.partitions(of: topic)
            if there.isEmpty { throw CommandFailure(.usage, "Topic `\(topic)` doesn't exist.") }
            for number in numbers ?? there.map(\.number) {
                let partition = Partition(topic: topic, number: number)
                guard there.contains(partition) else {
                    throw CommandFailure(.usage, "Topic `\(topic)` has no partition \(number): it has \(there.count).")
                }
                if !partitions.contains(partition) { partitions.append(partition) }
            }
        }
        return partitions
    }

    private static func split(
        _ word: String, _ known: [String]
    ) throws(CommandFailure) -> (topic: String, numbers: [Int32]?) {
        let parts = word.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        guard known.contains(parts[0]) else {
            let advice = NearestName.advice(parts[0], among: known)
            throw CommandFailure(.usage, "The workers of this deployment don't read topic `\(parts[0])`; \(advice)")
        }
        guard parts.count == 2 else { return (parts[0], nil) }
        let numbers = parts[1].split(separator: ",", omittingEmptySubsequences: false).map { Int32($0) }
        guard numbers.allSatisfy({ $0 ?? -1 >= 0 }) else {
            throw CommandFailure(.usage, "`--topic \(word)`: write the partitions as numbers, TOPIC:0,1,2.")
        }
        return (parts[0], numbers.compactMap { $0 })
    }
}
