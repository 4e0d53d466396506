import CommandKit
import DevLeague
import FreshetCore
import Glibc
import KafkaLink
import PostgresLink

/// One run: traffic, faults, rests. Of one thread.
package final class ChaosRun {
    package struct Wish: Sendable {
        var faults: Int
        /// nil: as long as the faults take.
        var seconds: Int?
        var kinds: [ChaosFault]
        var seed: UInt64
        var workers: Int
        /// Steps from one rest with its comparison to the next.
        var restEvery = 1
        /// Poison and busy rows among the events, and at the end the account over the topics.
        var accounts = false

        /// Whether the counts beside the checkpoints live as long as the run.
        package var canAccount: Bool { kinds.allSatisfy { $0.part == .worker } }

        package init(
            faults: Int, seconds: Int?, kinds: [ChaosFault], seed: UInt64, workers: Int, restEvery: Int, accounts: Bool
        ) {
            self.restEvery = restEvery
            self.accounts = accounts
            self.faults = faults
            self.seconds = seconds
            self.kinds = kinds
            self.seed = seed
            self.workers = workers
        }
    }

    static let writers = 2
    static let captureWriters = 1
    static let leasingReaders = 8
    static let naiveReaders = 3
    static let mixedReaders = 2
    /// Milliseconds.
    static let trafficBeforeRest = 800
    /// Seconds after which a worker that has not caught up counts as stuck.
    static let patience = 150

    let wish: Wish
    let stage: ChaosStage
    let crew = ChaosCrew()
    let say: (String) -> Void
    private let stop: Stop
    var random: SplitMix
    var report: ChaosReport
    private var account = RecordAccount()
    private var steps = 0
    private let log: DecisionLog
    private let admin: KafkaAdmin
    private let partitions: [Partition]
    private let started = ContinuousClock.now

    package init(
        _ wish: Wish, _ stage: ChaosStage, stop: Stop, say: @escaping (String) -> Void
    ) throws {
        self.wish = wish
        self.stage = stage
        self.stop = stop
        self.say = say
        random = SplitMix(seed: wish.seed &+ 1)
        report = ChaosReport(seed: wish.seed, broker: stage.broker.name, workers: wish.workers)
        log = DecisionLog()
        admin = try KafkaAdmin(stage.broker.settings)
        partitions = stage.broker.sources + (wish.accounts ? stage.broker.retries : [])
    }

    package func play(_ files: SchemaFiles) async throws -> ChaosReport {
        let league = try prepare(files)
        try stage.startWorkers(wish.workers)
        startCrew(league)
        defer { _ = crew.end(within: 10_000) }
        if await !catchUp() { try await unstick("at the start") }
        var plan = ChaosPlan(wish.kinds, seed: wish.seed)
        while !isOver {
            league.turn(&random)
            try await take(plan.next(atMost: wish.faults - report.faults))
        }
        await finish()
        return report
    }

    private var elapsed: Int { Int((ContinuousClock.now - started).components.seconds) }

    private var isOver: Bool {
        stop.isRequested || report.faults >= wish.faults || wish.seconds.map { elapsed >= $0 } ?? false
    }

    private func prepare(_ files: SchemaFiles) throws -> ChaosLeague {
        let connection = stage.postgres.connection()
        _ = try LeagueSeason.load(files, into: connection)
        try connection.execute(LeagueChange.preparation)
        if wish.accounts { try connection.execute(ChaosPoison.preparation) }
        return try ChaosLeague(connection)
    }

    private func startCrew(_ league: ChaosLeague) {
        let (crew, address) = (crew, stage.postgres.address)
        let (kafka, topic, seed) = (stage.broker.settings, stage.broker.topic, wish.seed)
        let (captured, accounts) = (stage.broker.captured, wish.accounts)
        for number in 0..<Self.writers {
            crew.start("writer \(number)", holds: true) {
                let announcer = ChaosAnnouncer(crew, kafka, topic: topic)
                let poison = accounts ? ChaosPoison(crew, address, announcer, league: league) : nil
                let writer = ChaosWriter(
                    crew, address, announcer, poison, league: league, seed: seed &+ 100 &+ UInt64(number))
                return { writer.step() }
            }
        }
        for number in 0..<Self.captureWriters {
            let watch = CommitWatch()
            crew.start("capture \(number)", holds: true) {
                let announcer = ChaosAnnouncer(crew, kafka, topic: captured)
                let writer = CaptureWriter(
                    crew, address, announcer, watch, league: league, seed: seed &+ 150 &+ UInt64(number))
                return { writer.step() }
            }
            crew.start("watch \(number)", holds: false) {
                let announcer = ChaosAnnouncer(crew, kafka, topic: captured)
                var connection: PostgresConnection?
                var random = SplitMix(seed: seed &+ 170 &+ UInt64(number))
                return { watch.step(&connection, announcer, &random) }
            }
        }
        let (settings, namespace) = (stage.redis.clientSettings, stage.graph.namespace)
        // What a naive reader leaves behind is stale for `freshet verify`, too.
        let careless = wish.accounts ? 0 : 1
        let manners =
            Array(repeating: ChaosReader.Manner.leasing, count: Self.leasingReaders)
            + Array(repeating: .naive, count: Self.naiveReaders * careless)
            + Array(repeating: .mixed, count: Self.mixedReaders * careless)
        for (number, manner) in manners.enumerated() {
            crew.start("reader \(number)", holds: false) {
                let cache = ChaosRedis.store(settings, namespace, kafka.group)
                let reader = ChaosReader(
                    manner, crew, address, cache, league: league, seed: seed &+ 200 &+ UInt64(number))
                return { reader.step() }
            }
        }
    }

    // MARK: One step

    private func take(_ step: ChaosPlan.Step) async throws {
        await wait(step.calm)
        var ongoing: [ChaosTrouble] = []
        for fault in step.faults where fault.part != .broker || stage.broker.canBreak {
            say("[\(elapsed) s] \(report.faults + 1): \(fault.rawValue)")
            report.lines[fault, default: .init()].times += 1
            ongoing.append(try await begin(fault, lasts: step.lasts))
        }
        await wait(ongoing.map(\.lasts).max() ?? 0)
        // What goes wrong now must not be healed by the next change; half of the time traffic goes on, and long
        // enough for readers to race with workers again.
        steps += 1
        let isRest = steps % wish.restEvery == 0
        let isQuiet = isRest && Bool.random(using: &random)
        if isQuiet { crew.hold() }
        // Workers last: one that starts while a server is away ends at once, as it should.
        for trouble in ongoing.filter({ !$0.isOfWorker }) + ongoing.filter(\.isOfWorker) { try trouble.mend() }
        let mended = ContinuousClock.now
        let isBack = await catchUp()
        let time = (ContinuousClock.now - mended).components
        let milliseconds = time.seconds * 1000 + time.attoseconds / 1_000_000_000_000_000
        for trouble in ongoing { try trouble.tidy() }
        let names = step.faults.map(\.rawValue).joined(separator: " + ")
        if isBack {
            for fault in step.faults { report.lines[fault]?.recoveries.append(milliseconds) }
        } else {
            try await unstick("after \(names)")
        }
        try lookAfterWorkers(names)
        guard isRest else { return }
        if !isQuiet { await wait(Self.trafficBeforeRest) }
        await rest(step.faults)
    }

    /// Sleeps, and keeps an eye on the account meanwhile.
    func wait(_ milliseconds: Int) async {
        let end = ContinuousClock.now + .milliseconds(milliseconds)
        while ContinuousClock.now < end {
            usleep(50_000)
            // A Redis that is down is looked at later.
            _ = try? await look()
        }
    }

    private func look() async throws -> ControlView {
        let view = try await stage.redis.direct.look(partitions)
        account.look(view, MachineClock.wall()) {
            log.update(stage.logs)
            return log.decisions
        }
        return view
    }

    /// Until every record that there is now has been applied and nothing is owed; false where that takes too long.
    private func catchUp(withPending: Bool = false) async -> Bool {
        let end = ContinuousClock.now + .seconds(Self.patience)
        var ends: [Partition: Int64]?
        while ContinuousClock.now < end {
            if ends == nil {
                ends = try? Dictionary(uniqueKeysWithValues: partitions.map { ($0, try admin.watermarks($0).high) })
            }
            if let ends, let record = try? await look().record,
                ends.allSatisfy({ record.checkpoints[$0.key]?.offset ?? -1 >= $0.value }),
                !withPending || record.pendingCount == 0
            {
                return true
            }
            usleep(30_000)
        }
        return false
    }

    private func unstick(_ what: String) async throws {
        let view = try? await look()
        let ends = partitions.map { (try? admin.watermarks($0).high) ?? -1 }
        let places = partitions.map { view?.record?.checkpoints[$0]?.offset ?? -1 }
        problem(
            "stuck \(what): checkpoints \(places), ends \(ends), pending \(view?.record?.pendingCount ?? -1); "
                + stage.workers.map { "worker \($0.number): \($0.lastWords)" }.joined(separator: "; "))
        for worker in stage.workers {
            worker.kill()
            try worker.start()
        }
        if await catchUp() { return }
        conclude()
        throw CommandFailure(.fatal, "\(report.render())\nNew workers are stuck as well.")
    }

    private func lookAfterWorkers(_ what: String) throws {
        for worker in stage.workers where !worker.isRunning {
            // A server that doesn't answer at the start ends it, as it should; whoever runs it starts it again.
            if worker.exitStatus == ExitCode.unreachable.rawValue {
                say("worker \(worker.number) is started again: \(worker.lastWords)")
                try worker.start()
                continue
            }
            problem("worker \(worker.number) ended by itself around \(what): \(worker.lastWords)")
            try worker.start()
        }
    }

    func problem(_ words: String) {
        report.problems.append(words)
        say("broken: \(words)")
    }

    // MARK: Rest

    private func rest(_ faults: [ChaosFault]) async {
        guard crew.hold(Self.writers + Self.captureWriters, within: 150_000) else {
            return problem("the writers don't stand still")
        }
        defer { crew.release() }
        if wish.accounts { try? stage.postgres.connection().execute(ChaosPoison.relief) }
        guard await catchUp(withPending: true) else {
            let pending = try? await look().record?.pendingCount
            return problem("no rest after \(faults): pending \(pending ?? -1)")
        }
        await compare(faults)
    }

    private func compare(_ faults: [ChaosFault]) async {
        // Readers that are slow fill only now.
        usleep(ChaosReader.slowest)
        do {
            let comparison = try await RestComparison.make(stage.redis.direct, stage.postgres.connection())
            report.comparisons += 1
            report.compared += comparison.equal + comparison.absent + comparison.stale.count + comparison.naive.count
            for stale in comparison.stale {
                say(
                    "STALE after \(faults.map(\.rawValue)): \(stale.key)\n  has    \(stale.has.prefix(900))"
                        + "\n  wanted \(stale.wanted?.prefix(900) ?? "nothing")")
            }
            if let fault = faults.first {
                report.lines[fault]?.stale += comparison.stale.count
                report.lines[fault]?.naive += comparison.naive.count
            } else if !comparison.stale.isEmpty {
                problem("\(comparison.stale.count) keys stale at the end")
            }
            // What was found is not found again.
            for stale in comparison.stale + comparison.naive { _ = try stage.redis.direct.command("UNLINK", stale.key) }
        } catch {
            problem("the comparison failed: \(error)")
        }
    }

    private func finish() async {
        if !crew.hold(Self.writers + Self.captureWriters, within: 150_000) {
            problem("the writers don't stand still at the end")
        }
        if wish.accounts { try? stage.postgres.connection().execute(ChaosPoison.relief) }
        if await !catchUp(withPending: true) { problem("no rest at the end") }
        await compare([])
        if !crew.end(within: 20_000) { problem("writers or readers don't end") }
        if wish.accounts { await holdAgainstTopics() }
        for worker in stage.workers { worker.end(within: 30_000).map(problem) }
        conclude()
    }

    private func conclude() {
        report.problems += crew.complaints
        report.crew = crew.counts
        report.records = partitions.reduce(0) { $0 + ((try? admin.watermarks($1).high) ?? 0) }
        report.unaccounted = account.unaccounted
        report.problems += account.findings.map(\.words)
        report.skipped = account.skipped
        log.update(stage.logs)
        report.decisions = log.found
        report.seconds = elapsed
    }
}
