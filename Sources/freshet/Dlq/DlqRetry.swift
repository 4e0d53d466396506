import CommandKit
import FreshetConfig
import FreshetCore
import FreshetWorker
import KafkaLink
import Wiring

/// Sends letters of one dead-letter topic to this group's retry topics. What it has sent is written down behind each
/// batch; what a kill leaves between the two is found in the retry topics by the next run. Used by one thread.
struct DlqRetry {
    let letters: DeadLetters
    let filter: LetterFilter
    let rule: LetterRetry
    /// Letters a second.
    let rate: Int
    let limit: Int?

    struct Chosen {
        var retry: [ShelvedLetter] = []
        var park: [ShelvedLetter] = []
        var strange: [ShelvedLetter] = []
        var lost: [ShelvedLetter] = []

        var isEmpty: Bool { retry.isEmpty && park.isEmpty }
    }

    func choose(_ shelves: [LetterShelf]) -> Chosen {
        var chosen = Chosen()
        for letter in shelves.select([.open]).prefix(limit ?? .max) {
            switch rule.choose(letter.entry, shelves[letter.shelf].index) {
            case .retry: chosen.retry.append(letter)
            case .park: chosen.park.append(letter)
            case .strangeTopic: chosen.strange.append(letter)
            case .lost: chosen.lost.append(letter)
            }
        }
        return chosen
    }

    struct Done {
        var sent = 0
        var parked = 0
        /// Sent by a run that was killed, and written down now.
        var settled = 0
        var gone = 0
    }

    /// Does one shelf; `budget` is what is left of the limit.
    func perform(_ shelf: LetterShelf, budget: Int, progress: (Int) -> Void) async throws -> Done {
        var done = Done()
        let wanted = choose([shelf]).retry
        try prepare(Set(wanted.map { target(shelf, $0) }).sorted())
        let box = letters.box()
        let lease = RetryLease(letters, topic: shelf.topic, targets: try targets(shelf), box: box)
        var shelf = shelf
        for killed in try lease.begin(&shelf, filter) {
            done.settled += try settle(killed, &shelf, lease, box)
        }
        // Anew: others may have decided meanwhile, and what was sent is no longer open.
        let chosen = choose([shelf])
        if !chosen.park.isEmpty {
            done.parked = try DlqDecider(letters: letters, shelves: [shelf])
                .write(.parked, chosen.park, as: "park")
        }
        let pace = Pace(perSecond: rate)
        // In the order of the topic, so that a batch is read in one go.
        let ordered = chosen.retry.prefix(budget).sorted { $0.entry.place < $1.entry.place }
        var rest = ordered[...]
        while !rest.isEmpty, !letters.stop.isRequested {
            let batch = rest.prefix(LetterRetry.batch(perSecond: rate))
            rest = rest.dropFirst(batch.count)
            try lease.live()
            let sent = try send(batch, shelf, box)
            done.sent += sent
            done.gone += batch.count - sent
            progress(sent)
            await pace.took(batch.count)
        }
        try lease.end()
        return done
    }

    private func send(
        _ batch: ArraySlice<ShelvedLetter>, _ shelf: LetterShelf, _ box: KafkaLetterBox
    ) throws(Fault) -> Int {
        var outgoing: [Letter] = []
        var decisions: [Letter] = []
        let decider = DlqDecider(letters: letters, shelves: [shelf])
        for (letter, record) in zip(batch, try letters.records(batch, [shelf])) {
            guard let record else { continue }
            outgoing.append(
                LetterRetry.letter(
                    record, letters.sight(record).head, replays: letter.entry.replays + 1, to: target(shelf, letter),
                    group: letters.group, version: Version.number, now: MachineClock.wall()))
            decisions.append(decider.decision(.retried, letter))
        }
        try box.send(outgoing)
        try box.send(decisions)
        return outgoing.count
    }

    /// Writes down what the killed run had sent.
    private func settle(
        _ killed: LetterRun, _ shelf: inout LetterShelf, _ lease: RetryLease, _ box: KafkaLetterBox
    ) throws -> Int {
        var decisions: [LetterDecision] = []
        for (origin, replays) in try lease.sent(by: killed) {
            guard let entry = shelf.index.entry(of: origin), entry.replays + 1 == replays,
                shelf.index.state(entry) == .open
            else { continue }
            decisions.append(
                shelf.index.decision(.retried, entry, group: letters.group, at: MachineClock.wall(), by: killed.by))
        }
        try box.send(decisions.map { $0.letter(to: shelf.topic) })
        for decision in decisions { _ = shelf.index.add(decision, partition: -1) }
        try lease.end(killed)
        return decisions.count
    }

    func targets(_ letters: [ShelvedLetter], _ shelves: [LetterShelf]) -> [String] {
        Set(letters.map { target(shelves[$0.shelf], $0) }).sorted()
    }

    private func target(_ shelf: LetterShelf, _ letter: ShelvedLetter) -> String {
        letters.deployment.retryTopic(of: shelf.index.origin(letter.entry).partition.topic)
    }

    /// All that letters of this shelf can ever have gone to, as far as they are there.
    private func targets(_ shelf: LetterShelf) throws(Fault) -> [String] {
        let deployment = letters.deployment
        let topics = letters.graph.topics.map(\.name)
        let own = topics.filter { deployment.deadLetterTopic(of: $0) == shelf.topic }
        let targets = Set((own.isEmpty ? topics : own).map { deployment.retryTopic(of: $0) })
        return try letters.admin.cluster().topics.map(\.name).filter(targets.contains)
    }

    /// The retry topics must be there before anything is sent: a record that was sent is written down as retried.
    private func prepare(_ targets: [String]) throws {
        let cluster = try letters.admin.cluster()
        // The embedded broker makes topics when they are written to, keeps all, and can't be asked about it.
        guard !cluster.isEmbedded else { return }
        let topics = cluster.topics
        for target in targets where !topics.contains(where: { $0.name == target }) { try create(target, topics) }
    }

    private func create(_ target: String, _ topics: [KafkaCluster.Topic]) throws {
        let source = letters.graph.topics.first { letters.deployment.retryTopic(of: $0.name) == target }?.name
        let partitions = max(1, topics.first { $0.name == source }?.partitions ?? 1)
        let advice =
            "Create it:\n  kafka-topics.sh --create --topic \(target) --partitions \(partitions) "
            + "--config retention.ms=-1"
        guard letters.deployment.settings.retryTopic.create else {
            throw CommandFailure(.usage, "The retry topic \(target) doesn't exist. \(advice)")
        }
        do throws(Fault) {
            try letters.admin.createTopic(target, partitions: partitions, configuration: ["retention.ms": "-1"])
            try letters.admin.awaitTopic(target)
        } catch {
            throw CommandFailure(
                .of(error), "The retry topic \(target) can't be created: \(error.message)\n  \(advice)")
        }
    }
}
