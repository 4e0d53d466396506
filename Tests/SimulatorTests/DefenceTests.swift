import FreshetCore
import Simulator
import Testing

/// Each defence is needed: with it switched off, and all others on, some schedule breaks a promise; with all of them
/// on, the same schedule breaks none.
struct DefenceTests {
    struct Need: Sendable, CustomStringConvertible {
        var defence: Defences
        var race: Race
        /// Where the search begins: a little before the first schedule that was found to fail. When the simulation
        /// changes, the search goes on from there.
        var from: UInt64

        var description: String { Defences.named.first { $0.defence == defence }?.name ?? "?" }
    }

    /// Schedules to look at before giving up.
    private static let bound: UInt64 = 300

    static let needs: [Need] = [
        Need(
            defence: .fence,
            race: Race(name: "a slow refresh after a newer one", faults: [.rebalance, .stop]) {
                $0.lanes = 2
                $0.workers = 2
                $0.batch = 3
            }, from: 1),
        Need(
            defence: .ticketFirst,
            race: Race(name: "a ticket taken after the read", faults: [.rebalance, .stop]) {
                $0.lanes = 2
                $0.workers = 2
                $0.batch = 3
            }, from: 1),
        Need(
            defence: .floor,
            race: Race(name: "an old write after a sweep", faults: [.stop]) {
                $0.lanes = 2
                $0.workers = 2
                $0.batch = 3
                $0.sweepsMatches = true
            }, from: 1),
        Need(
            defence: .process,
            race: Race(name: "ticket numbers handed out again", faults: [.failover, .restart, .stop]) {
                $0.workers = 2
            },
            from: 1),
        Need(
            defence: .incarnation,
            race: Race(name: "an old ticket after a flush", faults: [.flush, .stop, .rebalance]) { $0.workers = 2 },
            from: 1),
        Need(defence: .gap, race: Race(name: "a loss is passed over", faults: [.failover, .stop]), from: 1),
        Need(
            defence: .chain,
            race: Race(name: "a failed call is passed over", faults: [.busy, .crash, .rebalance]) {
                $0.keysPerCall = 1
                $0.batch = 12
            }, from: 1),
        Need(defence: .history, race: Race(name: "values of lost commits", faults: [.databaseFailover]), from: 1),
        Need(
            defence: .visibility, race: Race(name: "events before their commits", faults: []) { $0.isCapture = true },
            from: 1),
        Need(
            defence: .idleLook, race: Race(name: "a loss on a quiet partition", faults: [.failover, .flush]), from: 1),
        Need(
            defence: .lease,
            race: Race(name: "a slow reader", faults: []) {
                $0.readers = 8
                $0.refreshesTables = false
            }, from: 1),
        Need(defence: .images, race: Race(name: "a child that moves", faults: []), from: 1),
        Need(
            defence: .epoch,
            race: Race(name: "records of an assignment that is over", faults: [.rebalance, .stop, .failover, .hole]),
            from: 1),
        Need(
            defence: .recoverySweep, race: Race(name: "skipped records", faults: [.failover, .databaseFailover]),
            from: 1),
        Need(
            defence: .rebuildWaits,
            race: Race(name: "a skipped event of an invisible commit", faults: [.flush, .restart]) {
                $0.isCapture = true
                $0.readers = 8
            }, from: 1),
    ]

    @Test func everyDefenceIsLookedAt() {
        #expect(Set(Self.needs.map(\.defence.rawValue)) == Set(Defences.named.map(\.defence.rawValue)))
    }

    @Test(arguments: needs)
    func isNeeded(_ need: Need) throws {
        let found = need.race.firstBroken(need.from..<need.from + Self.bound, without: need.defence)
        let broken = try #require(found, "\(Self.bound) schedules without \(need) broke nothing")
        let defended = Schedule.play(need.race.plan(broken.seed))
        #expect(defended.violations.isEmpty, "seed \(broken.seed) breaks with all defences too")
    }
}
