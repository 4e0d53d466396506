import FreshetCore

/// The consistency figure: compares sampled changes with PostgreSQL a second, a minute and five minutes after they were
/// applied. On a thread and connections of its own.
///
/// A key that differs may be about to change again, so it is looked at twice more, seconds apart, before it counts as
/// stale: the rule is that of `verify`, by time alone.
package final class Sampler {
    package struct Settings: Sendable {
        /// Samples taken per second.
        package var rate = 50
        /// Samples that wait for their next comparison at one time.
        package var waiting = 20_000
        package var ages: [(age: SampleAge, milliseconds: Int)] = SampleAge.allCases.map { ($0, $0.milliseconds) }
        /// Milliseconds before each further look at a key that differs.
        package var moments = [1_000, 5_000]
        /// Looks in all before a key that never comes to rest is let go.
        package var looks = 8

        package init() {}
    }

    /// Milliseconds from turn to turn; what may come in between is the mailbox's bound.
    package static let turn = 200

    /// The mailbox that belongs to a rate.
    package static func mailbox(_ settings: Settings) -> SampleMailbox {
        SampleMailbox(capacity: max(1, settings.rate * turn / 1_000))
    }

    private struct Waiting {
        var key: [UInt8]
        var applied: UInt64
    }

    private struct Suspect {
        var age: SampleAge
        var seen: KeyLooker.Seen
        var due: UInt64
        /// Looks in a row that found the same wrong value with nothing moving.
        var proofs = 0
        var looks = 1
    }

    private let graph: Graph
    private let mailbox: SampleMailbox
    private let looker: KeyLooker
    private let surroundings: any Surroundings
    private let settings: Settings
    private let observe: (SampleAge, SampleOutcome) -> Void
    /// By age, in the order in which they are due.
    private var queues: [[Waiting]]
    private var suspects: [Suspect] = []
    private var random: SplitMix

    package init(
        graph: Graph, mailbox: SampleMailbox, cache: any FencedCache, models: any ReadModels,
        surroundings: any Surroundings, settings: Settings, observe: @escaping (SampleAge, SampleOutcome) -> Void
    ) {
        self.graph = graph
        self.mailbox = mailbox
        self.surroundings = surroundings
        self.settings = settings
        self.observe = observe
        looker = KeyLooker(graph, cache, models)
        queues = Array(repeating: [], count: settings.ages.count)
        random = SplitMix(seed: surroundings.random())
    }

    /// Until the mailbox is closed. An outage costs samples and nothing else.
    package func run() async {
        var backoff = Backoff(Backoff.Settings(initial: 500, cap: 10_000))
        while !mailbox.isClosed {
            takeIn()
            do throws(Fault) {
                try await turn()
                backoff = Backoff(Backoff.Settings(initial: 500, cap: 10_000))
                await surroundings.sleep(milliseconds: Self.turn)
            } catch {
                await surroundings.sleep(milliseconds: Self.turn + backoff.next(random: surroundings.random()))
            }
        }
    }

    private var waiting: Int { queues.reduce(suspects.count) { $0 + $1.count } }

    private func takeIn() {
        var room = settings.waiting - waiting
        for sample in mailbox.take() where room > 0 {
            guard let key = key(of: sample) else { continue }
            queues[0].append(Waiting(key: key, applied: sample.applied))
            room -= 1
        }
    }

    /// One of the entity's keys that can be compared.
    private func key(of sample: SampleMailbox.Sample) -> [UInt8]? {
        let templates = graph[sample.entity.kind].keys.filter { $0.statement != nil }
        guard !templates.isEmpty else { return nil }
        var pool = TextPool()
        var entity = sample.entity
        if graph[entity.kind].isPooled { entity.low = pool.intern(sample.canonical) }
        var key: [UInt8] = []
        let template = templates[Int(random.next() % UInt64(templates.count))]
        return graph.writeKey(template, entity, pool: pool, into: &key) ? key : nil
    }

    private func turn() async throws(Fault) {
        let now = surroundings.now()
        for (place, (age, milliseconds)) in settings.ages.enumerated() {
            let due = queues[place].prefix { $0.applied + UInt64(milliseconds) * 1_000_000 <= now }
            guard !due.isEmpty else { continue }
            queues[place].removeFirst(due.count)
            if place + 1 < queues.count { queues[place + 1] += due }
            try await compare(due.map(\.key), age)
        }
        try await lookAgain(now)
    }

    private func compare(_ keys: [[UInt8]], _ age: SampleAge) async throws(Fault) {
        do throws(Fault) {
            for seen in try await looker.look(keys) {
                if Self.isWrong(seen.sighting) {
                    suspects.append(Suspect(age: age, seen: seen, due: due(after: 0)))
                } else {
                    observe(age, Self.outcome(seen.sighting))
                }
            }
        } catch {
            for _ in keys { observe(age, .skipped) }
            throw error
        }
    }

    private func due(after proofs: Int) -> UInt64 {
        let moment = settings.moments[min(proofs, settings.moments.count - 1)]
        return surroundings.now() + UInt64(moment) * 1_000_000
    }

    private func lookAgain(_ now: UInt64) async throws(Fault) {
        for (index, seen) in try await looker.follow(suspects.map(\.seen)).enumerated() { suspects[index].seen = seen }
        let due = suspects.filter { $0.due <= now }
        guard !due.isEmpty else { return }
        suspects.removeAll { $0.due <= now }
        let looks: [KeyLooker.Seen]
        do throws(Fault) { looks = try await looker.look(due.map(\.seen.key), after: due.map(\.seen.sighting)) } catch {
            for suspect in due { observe(suspect.age, .skipped) }
            throw error
        }
        for (var suspect, seen) in zip(due, looks) {
            guard Self.isWrong(seen.sighting) else {
                observe(suspect.age, Self.outcome(seen.sighting))
                continue
            }
            suspect.proofs = seen.sighting.confirms(suspect.seen.sighting) ? suspect.proofs + 1 : 0
            suspect.looks += 1
            suspect.seen = seen
            if suspect.proofs >= settings.moments.count {
                observe(suspect.age, .stale)
            } else if suspect.looks >= settings.looks {
                observe(suspect.age, .skipped)
            } else {
                suspect.due = self.due(after: suspect.proofs)
                suspects.append(suspect)
            }
        }
    }

    private static func isWrong(_ sighting: KeySighting) -> Bool {
        sighting.problem == .stale || sighting.problem == .orphan
    }

    private static func outcome(_ sighting: KeySighting) -> SampleOutcome {
        switch sighting.state {
        case .missing: .absent
        case .unreadable: .skipped
        case .equal, .problem: .consistent
        }
    }
}
