import FreshetCore
import Simulator

/// One race of the architecture's list: the faults that bring it about, and what the schedules are narrowed to so that
/// it comes often.
struct Race: Sendable, CustomStringConvertible {
    var name: String
    var faults: Set<SimFault>
    var narrow: @Sendable (inout SchedulePlan) -> Void = { _ in }

    var description: String { name }

    func plan(_ seed: UInt64, without defences: Defences = []) -> SchedulePlan {
        var plan = SchedulePlan(seed: seed, faults: faults, defences: Defences.all.subtracting(defences))
        narrow(&plan)
        return plan
    }

    /// The first of these schedules that breaks a promise.
    func firstBroken(_ seeds: Range<UInt64>, without defences: Defences = []) -> ScheduleResult? {
        for seed in seeds {
            let result = Schedule.play(plan(seed, without: defences))
            if !result.violations.isEmpty { return result }
        }
        return nil
    }
}

extension Race {
    static let all: [Race] = [
        Race(name: "a slow refresh after a newer one", faults: []) {
            $0.lanes = 2
            $0.workers = 2
            $0.batch = 3
        },
        Race(name: "a slow reader fills after an invalidation", faults: []) { $0.readers = 5 },
        Race(name: "an invalidation erased the value, then an old write arrives", faults: []) {
            $0.lanes = 2
            $0.refreshesTables = false
        },
        Race(name: "a captured event arrives before its commit is visible", faults: []) { $0.isCapture = true },
        Race(name: "a rebuild skips a captured event whose commit is not visible yet", faults: [.flush, .restart]) {
            $0.isCapture = true
            $0.readers = 5
        },
        Race(name: "a child moves to another parent", faults: []) { $0.refreshesTables = true },
        Race(name: "out of order and twice", faults: [.duplicate, .hole]),
        Race(name: "a crash between apply and commit", faults: [.crash, .duplicate]),
        Race(name: "the commit survived and Redis lost it", faults: [.restart, .failover, .crash]),
        Race(name: "a flush while a batch is in flight", faults: [.flush]),
        Race(name: "a failover loses writes and a zombie comes later", faults: [.failover, .stop]),
        Race(name: "Redis hands out ticket numbers again", faults: [.failover]),
        Race(name: "a loss on a partition without traffic", faults: [.failover, .flush]) { $0.changes = 15 },
        Race(name: "PostgreSQL loses commits that were cached", faults: [.databaseFailover]),
        Race(name: "an old primary still answers", faults: [.databaseFailover, .stop]),
        Race(name: "a partition is revoked in mid-batch", faults: [.rebalance, .stop]) { $0.workers = 2 },
        Race(name: "one call of a pipeline fails", faults: [.busy, .crash, .rebalance]) { $0.keysPerCall = 1 },
        Race(name: "Redis is full", faults: [.full, .crash]),
        Race(name: "outages", faults: [.redisDown, .databaseDown]),
        Race(name: "everything at once", faults: Set(SimFault.allCases)),
    ]
}
