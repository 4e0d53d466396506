import CommandKit
import FreshetCore
import FreshetEvents
import FreshetWorker
import Glibc
import KafkaLink
import Wiring

/// The dead-letter topics of a deployment, read to their ends as they are now. Used by one thread; nothing is kept with
/// the brokers, no group, no offset.
final class DeadLetters {
    /// From so many records on, reading says how far it has come.
    private static let longRead: Int64 = 20_000

    let deployment: Deployment
    let admin: KafkaAdmin
    let console: Console
    let stop: Stop
    private let reader: KafkaTopicReader
    private let decoder: LetterDecoder
    private let named: [String]
    private var isStrict: Bool { !named.isEmpty }

    var group: String { deployment.settings.kafka.group }
    var graph: Graph { deployment.graph.graph }

    /// `user@host`, for what is written down.
    static let who: (user: String, host: String) = {
        var name = [CChar](repeating: 0, count: 256)
        gethostname(&name, name.count - 1)
        let host = String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        let user = getenv("USER").map { String(cString: $0) } ?? "uid \(getuid())"
        return (user, host)
    }()

    static var by: String { "\(who.user)@\(who.host)" }

    init(_ deployment: Deployment, _ invocation: Invocation) throws(Fault) {
        self.deployment = deployment
        console = invocation.console
        stop = invocation.stop
        named = invocation.texts("topic")
        admin = try KafkaAdmin(deployment.settings.kafkaSettings)
        reader = try KafkaTopicReader(deployment.settings.kafkaSettings)
        let graph = deployment.graph.graph
        decoder = LetterDecoder(EventDecoder(graph: graph), graph: graph)
    }

    /// Of all topics that are named, or that the graph's topics have.
    func shelves(_ filter: LetterFilter) throws -> [LetterShelf] {
        // Asked by its name, a topic that is missing might be created by the brokers.
        let cluster = try admin.cluster()
        var wanted: [String] = named
        if !isStrict { wanted = graph.topics.map { deployment.deadLetterTopic(of: $0.name) } }
        var shelves: [LetterShelf] = []
        for topic in wanted where !shelves.contains(where: { $0.topic == topic }) {
            guard let found = cluster.topics.first(where: { $0.name == topic }) else {
                if isStrict { throw CommandFailure(.usage, "There is no topic `\(topic)`.") }
                continue
            }
            if let error = found.error {
                throw CommandFailure(.unreachable, "The topic \(topic) can't be read: \(error)")
            }
            shelves.append(try shelf(topic, filter))
        }
        return shelves
    }

    private func shelf(_ topic: String, _ filter: LetterFilter) throws -> LetterShelf {
        var shelf = LetterShelf(topic)
        let stretches = try admin.stretches(of: topic)
        let total = stretches.reduce(0) { $0 + $1.count }
        var progress = Progress("reading \(topic)", total: total, unit: "records", on: console.err)
        shelf.index.reserve(Int(total))
        let isLong = total >= Self.longRead
        for stretch in stretches {
            shelf.ends[stretch.partition] = stretch.to
            try read(stretch, into: &shelf, filter) { if isLong { progress.advance(by: 1) } }
        }
        if isLong { progress.finish() }
        return shelf
    }

    /// Adds what this stretch holds.
    func read(
        _ stretch: KafkaStretch, into shelf: inout LetterShelf, _ filter: LetterFilter, each: () -> Void = {}
    ) throws {
        var isFull = false
        let number = stretch.partition.number
        try reader.read(stretch) { record throws(Fault) in
            each()
            if let decision = LetterDecision(record) {
                if decision.group == group { isFull = !shelf.index.add(decision, partition: number) }
            } else if let run = LetterRun(record) {
                if run.group == group { shelf.runs.add(run) }
            } else {
                let sight = LetterSight(record) { decoder.subject(of: record, $0) }
                if sight.head.family == .freshet, sight.head.group != group {
                    shelf.others += 1
                } else {
                    isFull = !shelf.index.add(sight, matches: filter.matches(sight))
                }
            }
            return !isFull && !stop.isRequested
        }
        if stop.isRequested { throw CommandFailure(.interrupted, "Stopped before everything was read.") }
        guard isFull else { return }
        throw CommandFailure(
            .fatal,
            "\(shelf.topic) holds more than \(LetterIndex.limit) letters, which is what one command keeps in memory. "
                + "Letters that are decided upon go with the topic's retention.")
    }

    /// The records themselves, in the order of `letters`; nil where one has gone meanwhile.
    func records(_ letters: some Collection<ShelvedLetter>, _ shelves: [LetterShelf]) throws(Fault) -> [RecordCopy?] {
        var found: [Partition: [Int64: RecordCopy]] = [:]
        var wanted: [Partition: Set<Int64>] = [:]
        for letter in letters {
            let partition = Partition(topic: shelves[letter.shelf].topic, number: letter.entry.place.partition)
            wanted[partition, default: []].insert(letter.entry.place.offset)
        }
        for (partition, offsets) in wanted.sorted(by: { $0.key < $1.key }) {
            for stretch in KafkaStretch.covering(Array(offsets), of: partition) {
                try reader.read(stretch) { record throws(Fault) in
                    if offsets.contains(record.offset) { found[partition, default: [:]][record.offset] = record }
                    return true
                }
            }
        }
        return letters.map { letter in
            let partition = Partition(topic: shelves[letter.shelf].topic, number: letter.entry.place.partition)
            return found[partition]?[letter.entry.place.offset]
        }
    }

    /// Every record of these stretches.
    func scan(_ stretch: KafkaStretch, _ body: (RecordCopy) -> Void) throws(Fault) {
        try reader.read(stretch) { record throws(Fault) in
            body(record)
            return true
        }
    }

    func sight(_ record: RecordCopy) -> LetterSight { LetterSight(record) { decoder.subject(of: record, $0) } }

    func box() -> KafkaLetterBox { KafkaLetterBox(deployment.settings.kafkaSettings) }

    /// What a reader of the list should know beside it.
    func remarks(_ shelves: [LetterShelf]) -> [String] {
        var remarks: [String] = []
        let others = shelves.reduce(0) { $0 + $1.others }
        if others > 0 { remarks.append("\(others) letters of other groups are theirs to decide upon, and left out.") }
        if shelves.isEmpty { remarks.append("There is no dead-letter topic yet: nothing was ever rejected.") }
        return remarks
    }
}
