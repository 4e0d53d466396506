import Foundation
import FreshetCore
import PostgresLink

/// Changes rows as with a synchronous standby that answers late: the commit is in the log, and its event is out, before
/// anybody sees the change. Of one thread.
final class CaptureWriter {
    /// Seconds.
    private static let patience = 120

    private let crew: ChaosCrew
    private let address: ChaosPostgres.Address
    private let announcer: ChaosAnnouncer
    private let watch: CommitWatch
    private let league: ChaosLeague
    private var random: SplitMix
    private var connection: PostgresConnection?
    private var generation = -1

    init(
        _ crew: ChaosCrew, _ address: ChaosPostgres.Address, _ announcer: ChaosAnnouncer, _ watch: CommitWatch,
        league: ChaosLeague, seed: UInt64
    ) {
        self.crew = crew
        self.address = address
        self.announcer = announcer
        self.watch = watch
        self.league = league
        random = SplitMix(seed: seed)
    }

    func step() {
        usleep(UInt32.random(in: 20_000...80_000, using: &random))
        let change = LeagueChange.any(league, &random)
        let primary = primary()
        let commit: CommitWatch.Commit
        do throws(Fault) {
            try primary.execute("begin; set local synchronous_commit = on")
            _ = try change.perform(primary)
            let row = try primary.query("select pg_current_xact_id()::text, pg_backend_pid()::text").first ?? []
            guard let id = row.first?.flatMap({ Int64($0) }), let backend = row.last ?? nil else { return reset() }
            commit = CommitWatch.Commit(
                event: ChaosEvent(change, transaction: id), port: address.now.port, backend: backend)
        } catch {
            // Nothing was committed.
            reset()
            usleep(20_000)
            return
        }
        watch.begin(commit)
        var isCommitted = true
        do throws(Fault) { try primary.execute("commit", within: Self.patience * 1_000) } catch {
            isCommitted = false
            reset()
        }
        let isAnnounced = watch.end()
        crew.count { $0.changes += 1 }
        if isAnnounced && isCommitted { return crew.count { $0.captured += 1 } }
        // Capture has it from the log, later; nobody here knows whether there is something to have.
        announceLate(change)
    }

    private func reset() { connection = nil }

    private func primary() -> PostgresConnection {
        let now = address.now
        if let connection, now.generation == generation { return connection }
        let fresh = PostgresConnection(ChaosPostgres.Address.settings(now.port, name: "capture"), access: .readWrite)
        connection = fresh
        generation = now.generation
        return fresh
    }

    /// With a transaction of its own: one that began later, and is over.
    private func announceLate(_ change: LeagueChange) {
        let end = ContinuousClock.now + .seconds(Self.patience)
        while true {
            do throws(Fault) {
                let rows = try primary().query("select pg_current_xact_id()::text")
                let id = rows.first?.first.flatMap { $0.flatMap { Int64($0) } }
                return announcer.send(ChaosEvent(change, transaction: id))
            } catch {
                reset()
                if ContinuousClock.now > end {
                    return crew.complain("a change could not be announced: \(error.message)")
                }
                usleep(50_000)
            }
        }
    }
}
