import Foundation
import FreshetCore

/// The mock cluster as a process of its own: prints where it listens, and obeys simple lines.
package enum EmbeddedBroker {
    /// Runs until `quit` or the end of the input.
    ///
    /// Lines: `topic NAME PARTITIONS`, `down BROKER`, `up BROKER`, `rtt BROKER MILLISECONDS`, `error APIKEY CODE…`,
    /// `clear APIKEY`, `leader TOPIC PARTITION BROKER`, `coordinator GROUP BROKER`, `quit`. Each is answered by `ok` or
    /// `error: …`.
    package static func run(
        topics: [(name: String, partitions: Int)], brokers: Int = 1,
        input: () -> String? = { readLine() }, output: (String) -> Void = Self.printLine
    ) throws(Fault) {
        let mock = try KafkaMock(brokers: brokers)
        for topic in topics { try mock.createTopic(topic.name, partitions: topic.partitions, replicas: brokers) }
        output("bootstrap=\(mock.bootstrap)")
        while let line = input() {
            let words = line.split(separator: " ").map(String.init)
            guard let command = words.first else { continue }
            if command == "quit" { return }
            do {
                output(try obey(mock, command, Array(words.dropFirst())) ? "ok" : "error: can't read: \(line)")
            } catch {
                output("error: \(error)")
            }
        }
    }

    /// Whether the line made sense.
    private static func obey(_ mock: KafkaMock, _ command: String, _ words: [String]) throws(Fault) -> Bool {
        let numbers = words.map { Int32($0) }
        switch (command, words.count) {
        case ("topic", 2):
            guard let count = Int(words[1]), count > 0 else { return false }
            try mock.createTopic(words[0], partitions: count, replicas: mock.brokers)
        case ("down", 1):
            guard let broker = numbers[0] else { return false }
            try mock.takeDown(broker)
        case ("up", 1):
            guard let broker = numbers[0] else { return false }
            try mock.bringUp(broker)
        case ("rtt", 2):
            guard let broker = numbers[0], let time = numbers[1] else { return false }
            try mock.setRoundTrip(broker, milliseconds: Int(time))
        case ("error", 2...):
            guard let key = Int16(words[0]), numbers.allSatisfy({ $0 != nil }) else { return false }
            mock.failRequests(key, with: numbers.dropFirst().compactMap { $0 })
        case ("clear", 1):
            guard let key = Int16(words[0]) else { return false }
            mock.clearFailures(key)
        case ("leader", 3):
            guard let number = numbers[1], let broker = numbers[2] else { return false }
            try mock.setLeader(Partition(topic: words[0], number: number), broker: broker)
        case ("coordinator", 2):
            guard let broker = numbers[1] else { return false }
            try mock.setCoordinator(group: words[0], broker: broker)
        default: return false
        }
        return true
    }

    package static func printLine(_ line: String) {
        print(line)
        fflush(nil)
    }
}
