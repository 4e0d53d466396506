import FreshetCore

/// Compares the cache with the read models.
///
/// It walks Redis, not PostgreSQL: only what is cached can be stale. What differs is looked at again, a moment later
/// and after the workers have applied what was announced by then, before it is called stale.
package final class Verifier {
    private let graph: Graph
    private let cache: any FencedCache
    private let models: any ReadModels
    private let announcements: (any Announcements)?
    private let surroundings: any Surroundings
    private let settings: VerifySettings
    private let looker: KeyLooker
    private var reader: KeyReader
    private var pace: Pace
    private var random: SplitMix
    private var suspects = Suspects()
    private var report: VerifyReport
    private let isStopping: () -> Bool
    private let progress: (Double, VerifyReport) -> Void
    /// The control record, leases and memory: no template can produce a key that begins like this.
    private let reserved: [UInt8]
    private static let scanCount = 1_000
    private static let foreignNames = 20

    /// Without `announcements`, time alone tells what is on its way. `progress` hears how much of the cache was walked,
    /// from 0 to 1.
    package init(
        graph: Graph, cache: any FencedCache, models: any ReadModels, announcements: (any Announcements)?,
        surroundings: any Surroundings, settings: VerifySettings, isStopping: @escaping () -> Bool = { false },
        progress: @escaping (Double, VerifyReport) -> Void = { _, _ in }
    ) {
        self.graph = graph
        self.cache = cache
        self.models = models
        self.announcements = announcements
        self.surroundings = surroundings
        self.settings = settings
        self.isStopping = isStopping
        self.progress = progress
        looker = KeyLooker(graph, cache, models)
        reader = KeyReader(graph)
        reserved = Array("\(graph.namespace.prefix)\(graph.namespace.separator)freshet".utf8)
        pace = Pace(rate: settings.rate)
        random = SplitMix(seed: surroundings.random())
        report = VerifyReport(kinds: graph.kinds.count)
    }

    /// What is cached, or a sample of it.
    package func walk() async throws(Fault) -> VerifyReport {
        var page: [[UInt8]] = []
        // A sample of a fixed size is complete only at the end of the walk.
        var reservoir: [[UInt8]] = []
        var met = 0
        for (index, pattern) in patterns.enumerated() {
            var cursor: UInt64 = 0
            repeat {
                let step = try await cache.scan(pattern: pattern, cursor: cursor, count: Self.scanCount)
                cursor = step.cursor
                for key in sort(step.keys) {
                    switch settings.sample {
                    case .all: page.append(key)
                    case .share(let thousandths):
                        if random.next() % 1_000 < UInt64(thousandths) { page.append(key) }
                    case .keys(let count):
                        met += 1
                        if reservoir.count < count {
                            reservoir.append(key)
                        } else {
                            let place = random.next() % UInt64(met)
                            if place < UInt64(count) { reservoir[Int(place)] = key }
                        }
                    }
                }
                while page.count >= settings.pageKeys {
                    try await compare(Array(page.prefix(settings.pageKeys)))
                    page.removeFirst(settings.pageKeys)
                }
                progress((Double(index) + Self.share(of: cursor)) / Double(patterns.count), report)
            } while cursor != 0 && !stops
        }
        try await compare(inPages: page + reservoir)
        return try await finish()
    }

    /// These keys, cached or not.
    package func compare(keys: [[UInt8]]) async throws(Fault) -> VerifyReport {
        try await compare(inPages: sort(keys))
        return try await finish()
    }

    private var stops: Bool {
        if isStopping() { report.isCut = true }
        return report.isCut
    }

    /// One walk over everything shows what is no entity's, too.
    private var patterns: [String] {
        guard let kinds = settings.kinds else { return [graph.namespacePattern] }
        return kinds.sorted().flatMap { kind in
            graph[kind].keys.map { String(decoding: graph.glob($0.pieces), as: UTF8.self) }
        }
    }

    /// How much of the table a cursor of SCAN has passed: it counts from its highest bit down, so read backwards it
    /// is a fraction, whatever the table's size.
    static func share(of cursor: UInt64) -> Double {
        if cursor == 0 { return 1 }
        var reversed: UInt64 = 0
        for bit in 0..<64 where cursor >> UInt64(bit) & 1 == 1 { reversed |= 1 << UInt64(63 - bit) }
        return Double(reversed) / 0x1p64
    }

    /// The keys to compare; the others are counted.
    private func sort(_ keys: [[UInt8]]) -> [[UInt8]] {
        var pool = TextPool()
        return keys.filter { key in
            if key.starts(with: reserved) { return false }
            guard let reading = reader.read(key, pool: &pool) else {
                report.foreign += 1
                if report.foreignSample.count < Self.foreignNames { report.foreignSample.append(key) }
                return false
            }
            guard settings.kinds?.contains(reading.entity.kind) ?? true else { return false }
            if graph[reading.entity.kind].keys[reading.template].statement != nil { return true }
            report.incomparable += 1
            return false
        }
    }

    private func compare(inPages keys: [[UInt8]]) async throws(Fault) {
        var start = 0
        while start < keys.count && !stops {
            let end = min(start + settings.pageKeys, keys.count)
            try await compare(Array(keys[start..<end]))
            start = end
            progress(Double(end) / Double(keys.count), report)
        }
    }

    private func compare(_ keys: [[UInt8]]) async throws(Fault) {
        guard !stops else { return }
        await rest(pace.rest(before: keys.count, now: surroundings.now()))
        try await suspects.follow(looker)
        for seen in try await looker.look(keys) {
            let kind = Int(seen.kind.value)
            report.kinds[kind].compared += 1
            switch seen.sighting.state {
            case .equal: report.kinds[kind].equal += 1
            case .missing: report.kinds[kind].missing += 1
            case .unreadable: report.kinds[kind].unreadable += 1
            case .problem: suspects.add(seen, at: surroundings.now())
            }
        }
        if suspects.count >= settings.suspectLimit { try await settle() }
    }

    private func finish() async throws(Fault) -> VerifyReport {
        try await settle()
        return report
    }

    private func rest(_ milliseconds: Int) async {
        if milliseconds > 0 { await surroundings.sleep(milliseconds: milliseconds) }
    }
}

extension Verifier {
    /// Milliseconds after which what was touched is asked for while suspects wait.
    private static let followPause = 200

    /// Looks again at what differed, until each is proved wrong, put right, or the looks are used up.
    private func settle() async throws(Fault) {
        var wrong: [[UInt8]] = []
        for _ in 0..<settings.looks where suspects.count > 0 && !isStopping() {
            let due = suspects.latest + UInt64(settings.moment) * 1_000_000
            while case let now = surroundings.now(), now < due {
                await rest(min(Int((due - now) / 1_000_000) + 1, Self.followPause))
                try await suspects.follow(looker)
            }
            let isDue = try await isApplied()
            var looks: [KeyLooker.Seen] = []
            let keys = suspects.keys
            for start in stride(from: 0, to: keys.count, by: settings.pageKeys) {
                let page = Array(keys[start..<min(start + settings.pageKeys, keys.count)])
                await rest(pace.rest(before: page.count, now: surroundings.now()))
                // Each page takes its time too.
                try await suspects.follow(looker)
                looks += try await looker.look(page, after: suspects.sightings)
            }
            suspects.judge(looks, at: surroundings.now(), isDue: isDue) { seen, isWrong in
                let kind = Int(seen.kind.value)
                guard isWrong, let problem = seen.sighting.problem else {
                    report.kinds[kind].inFlight += 1
                    return
                }
                report.kinds[kind].count(problem)
                wrong.append(seen.key)
                if report.findings.count < settings.findingLimit {
                    report.findings.append(
                        VerifyReport.Finding(key: seen.key, entity: seen.entity, problem: problem))
                }
            }
        }
        for suspect in suspects.waiting { report.kinds[Int(suspect.seen.kind.value)].unsettled += 1 }
        suspects.removeAll()
        guard settings.repairs, !wrong.isEmpty else { return }
        try await Repairer(cache, models).invalidate(wrong)
        report.repaired += wrong.count
    }

    /// Waits until the workers have applied what is announced now: every change that the look before saw is among it.
    private func isApplied() async throws(Fault) -> Bool {
        guard let announcements else { return true }
        // They were too far behind once: the rest of the suspects is left open as well, without waiting again.
        if report.isBehind { return false }
        let ends = try await announcements.ends()
        let deadline = surroundings.now() + UInt64(settings.patience) * 1_000_000
        var pause = Backoff(Backoff.Settings(initial: 20, cap: 500))
        while true {
            let checkpoints = try await cache.look(Array(ends.keys)).record?.checkpoints ?? [:]
            if ends.allSatisfy({ checkpoints[$0.key]?.offset ?? -1 >= $0.value }) { return true }
            guard surroundings.now() < deadline, !isStopping() else {
                report.isBehind = true
                return false
            }
            await surroundings.sleep(milliseconds: pause.next(random: surroundings.random()))
            try await suspects.follow(looker)
        }
    }
}
