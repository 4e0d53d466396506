import Foundation
import FreshetCore
import PostgresLink
import Synchronization

/// Looks at a commit from outside: once its record is in the log and it waits for its standby, its event is sent; a
/// while later it may end, and others see what it changed.
final class CommitWatch: Sendable {
    struct Commit: Sendable {
        var event: ChaosEvent
        var port: Int
        /// The process that commits.
        var backend: String
    }

    private struct State {
        var commit: Commit?
        /// The commit returned or failed.
        var isOver = false
        var isAnnounced = false
    }

    /// Microseconds between the event and the change's being seen.
    private static let longest: UInt32 = 400_000

    private let state = Mutex(State())

    func begin(_ commit: Commit) { state.withLock { $0 = State(commit: commit) } }

    /// Whether the event is out; called when the commit has returned.
    func end() -> Bool {
        state.withLock { $0.isOver = true }
        while state.withLock({ $0.commit != nil }) { usleep(1_000) }
        return state.withLock { $0.isAnnounced }
    }

    /// For a thread beside the writer's: one look.
    func step(_ connection: inout PostgresConnection?, _ announcer: ChaosAnnouncer, _ random: inout SplitMix) {
        let (commit, isOver) = state.withLock { ($0.commit, $0.isOver) }
        guard let commit, !isOver else {
            state.withLock { if $0.isOver { $0.commit = nil } }
            usleep(1_000)
            return
        }
        do throws(Fault) {
            let here = connection ?? PostgresConnection(ChaosPostgres.Address.settings(commit.port, name: "watch"))
            connection = here
            let rows = try here.query(
                "select wait_event from pg_stat_activity where pid = $1::text::int", [commit.backend])
            guard rows.first?.first == "SyncRep" else {
                usleep(1_000)
                return
            }
            if !state.withLock({ $0.isAnnounced }) {
                announcer.send(commit.event)
                state.withLock { $0.isAnnounced = true }
                usleep(.random(in: 0...Self.longest, using: &random))
            }
            _ = try here.query("select pg_cancel_backend($1::text::int)", [commit.backend])
        } catch {
            connection = nil
            usleep(5_000)
        }
    }
}
