import CommandKit
import Foundation
import FreshetCore
import FreshetWorker
import KafkaLink
import Wiring

/// One run of `dlq retry` per group and dead-letter topic at a time, and what is needed to go on after one that was
/// killed. Used by one thread.
final class RetryLease {
    /// Milliseconds between two signs of life; also how much a killed run leaves to look up.
    private static let sign: Int64 = 1_000

    private let letters: DeadLetters
    private let topic: String
    private let box: KafkaLetterBox
    /// Retry topics that letters of this topic can go to, and that are there.
    private let targets: [String]
    private var run: LetterRun
    private var said: Int64 = 0

    init(_ letters: DeadLetters, topic: String, targets: [String], box: KafkaLetterBox) {
        self.letters = letters
        self.topic = topic
        self.targets = targets
        self.box = box
        run = LetterRun(
            id: UUID().uuidString, group: letters.group, state: .underWay, by: DeadLetters.by,
            host: DeadLetters.who.host, process: getpid(), at: 0, ends: [:])
    }

    /// A run that has said nothing for longer than a delivery can take is over.
    private var silence: Int64 { Int64(letters.deployment.settings.kafka.deliveryTimeout) + 60_000 }

    /// Begins the run; throws where another one is under way. Reads what was written since the shelf was read, so that
    /// two that begin together see each other. Answers the runs that were killed.
    func begin(_ shelf: inout LetterShelf, _ filter: LetterFilter) throws -> [LetterRun] {
        try check(shelf.runs.open)
        try live()
        for stretch in try letters.admin.stretches(of: topic) {
            let from = max(stretch.from, shelf.ends[stretch.partition] ?? 0)
            let rest = KafkaStretch(stretch.partition, from: from, to: stretch.to)
            try letters.read(rest, into: &shelf, filter)
            shelf.ends[stretch.partition] = stretch.to
        }
        let before = shelf.runs.open.prefix { $0.id != run.id }
        do {
            try check(before)
        } catch {
            try end()
            throw error
        }
        return Array(before)
    }

    private func check(_ runs: some Sequence<LetterRun>) throws {
        guard let other = runs.first(where: isAlive) else { return }
        throw CommandFailure(
            .usage,
            "\(other.by) is retrying letters of \(topic) (process \(other.process), last heard of "
                + "\(DlqText.time(other.at))). Wait until that has ended; if it was killed, it counts as over "
                + "\(silence / 1_000) s after its last word.")
    }

    private func isAlive(_ other: LetterRun) -> Bool {
        if MachineClock.wall() - other.at > silence { return false }
        // Here it can be asked.
        return other.host != DeadLetters.who.host || kill(other.process, 0) == 0 || errno == EPERM
    }

    /// Notes where the retry topics end, if that is due: before each batch.
    func live() throws {
        let now = MachineClock.wall()
        guard now - said >= Self.sign else { return }
        for target in targets {
            for stretch in try letters.admin.stretches(of: target) { run.ends[stretch.partition] = stretch.to }
        }
        said = MachineClock.wall()
        run.at = said
        try box.send([run.letter(to: topic)])
    }

    func end() throws { try end(run) }

    func end(_ other: LetterRun) throws {
        var last = other
        last.state = .ended
        last.at = MachineClock.wall()
        try box.send([last.letter(to: topic)])
    }

    /// What a killed run had sent without writing it down: (origin, how often sent) in the retry topics since it last
    /// noted their ends.
    func sent(by killed: LetterRun) throws -> [LetterOrigin: Int] {
        var sent: [LetterOrigin: Int] = [:]
        for target in targets {
            for stretch in try letters.admin.stretches(of: target) {
                let from = max(stretch.from, killed.ends[stretch.partition] ?? stretch.from)
                try letters.scan(KafkaStretch(stretch.partition, from: from, to: stretch.to)) { record in
                    guard let head = LetterHead(ours: record.headers), head.group == letters.group else { return }
                    sent[head.origin] = max(sent[head.origin] ?? 0, head.replays)
                }
            }
        }
        return sent
    }
}
