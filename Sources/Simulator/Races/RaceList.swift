import FreshetCore

extension Race {
    /// The races of the architecture's list, each narrowed to schedules in which it comes often.
    package static let all: [Race] =
        order + slices + readers + early + children + group + redis + postgres + deploys

    static func race(_ plan: inout SchedulePlan, lanes: Int = 2, workers: Int = 2) {
        plan.lanes = lanes
        plan.workers = workers
        plan.batch = 3
        plan.changes = 12
        plan.parents = 2
        plan.children = 4
        // Workers keep up with the application: what they read is overtaken by the next change.
        plan.pause = 40
        plan.paces = [1, 2]
    }

    /// Writers that overtake each other.
    private static let order: [Race] = [
        Race("a slow refresh after a newer one", .fence) {
            race(&$0)
            $0.ambushes = [Ambush(.beforeApply, percent: 30)]
        },
        Race("a ticket is taken before anything is read", .ticketFirst) {
            race(&$0)
            $0.ambushes = [Ambush(.beforeApply, percent: 30)]
        },
        Race("an invalidation erased the value, then an old write arrives", .fence) {
            race(&$0)
            $0.refreshesTables = false
            $0.parentChanges = 50
            $0.ambushes = [Ambush(.beforeApply, percent: 30)]
        },
        Race("an old write arrives before keys are removed beside the script", .touchFirst) {
            race(&$0)
            $0.refreshesTables = false
            $0.parentChanges = 50
            $0.removalsFrom = 1
            $0.ambushes = [Ambush(.beforeApply, percent: 30)]
        },
        Race("an old write arrives when the newer one's touch has left the log", .leftTouches) {
            race(&$0)
            $0.touches = 1
            $0.ambushes = [Ambush(.beforeApply, percent: 30)]
        },
        Race("a slow write comes after a whole kind was swept", .floor) {
            race(&$0)
            $0.sweepsMatches = true
            $0.parentChanges = 50
            $0.children = 3
            $0.deletes = 0
            $0.changes = 8
            $0.ambushes = [Ambush(.beforeApply, percent: 50, stall: 50...250)]
        },
        Race("a warm reads beside live events", .ticketFirst) {
            race(&$0, lanes: 1, workers: 1)
            $0.warms = 3
            $0.ambushes = [Ambush(.beforeApply, percent: 30)]
        },
        Race("a warm writes beside live events", .fence) {
            race(&$0, lanes: 1, workers: 1)
            $0.warms = 3
            $0.ambushes = [Ambush(.beforeApply, percent: 30)]
        },
        Race("upkeep loads kinds beside live events", .fence) {
            race(&$0, lanes: 1, workers: 1)
            $0.upkeeps = 3
            $0.ambushes = [Ambush(.beforeApply, percent: 30)]
        },
        Race("delete after create, out of order across partitions", .fence) {
            race(&$0)
            $0.isScattered = true
            $0.deletes = 45
            $0.children = 3
            $0.parentChanges = 5
            $0.ambushes = [Ambush(.beforeApply, percent: 30)]
        },
        Race("records and events come twice, and late", .ticketFirst, faults: [.duplicate, .hole]) {
            race(&$0)
            $0.isScattered = true
            $0.ambushes = [Ambush(.beforeApply, percent: 30)]
        },
    ]

    /// Services that fill the cache themselves.
    private static let readers: [Race] = [
        Race("a slow reader fills after an invalidation", .lease) {
            race(&$0, lanes: 1, workers: 1)
            $0.refreshesTables = false
            $0.parentChanges = 40
            $0.readers = 4
            $0.ambushes = [Ambush(.beforeFill, percent: 40, stall: 20...100)]
        },
        Race("a reader's token is older than the first sweep of a new control record", nil, faults: [.flush]) {
            race(&$0)
            $0.readers = 4
            $0.calm = 100
            $0.ambushes = [Ambush(.beforeFill, percent: 40, stall: 20...100)]
        },
    ]

    /// Events ahead of what they announce.
    private static let early: [Race] = [
        Race("an event arrives before its projection", .gate) {
            race(&$0, lanes: 1, workers: 1)
            $0.hasGates = true
            $0.gateDeadline = 5_000
        },
        Race("an order skips an event that is ahead of its projection", .rebuildWaits, faults: [.offsetsReset]) {
            race(&$0)
            $0.hasGates = true
            $0.gateDeadline = 400
            $0.parentChanges = 50
            $0.readers = 2
            $0.calm = 60
        },
        Race("a captured event arrives before its commit is visible", .visibility) {
            race(&$0, lanes: 1, workers: 1)
            $0.isCapture = true
        },
        Race(
            "a rebuild skips a captured event whose commit is not visible yet", .rebuildWaits, faults: [.flush]
        ) {
            race(&$0, lanes: 1, workers: 1)
            $0.isCapture = true
            $0.readers = 6
            $0.lateness = 450
            $0.calm = 50
        },
    ]

    /// Children that move or vanish.
    private static let children: [Race] = [
        Race("a child moves, and its events name both parents", .images) {
            race(&$0, lanes: 1, workers: 1)
            $0.parents = 3
            $0.moves = 70
        },
        Race("a child moves, and only what is remembered tells from where", .memory) {
            race(&$0, lanes: 1, workers: 1)
            $0.hasImages = false
            $0.moves = 40
        },
        // A later change of the same child heals what this race leaves: few changes, and the last one counts.
        Race("a child moves there and back, and several batches have it at once", .foretell) {
            race(&$0)
            $0.isScattered = true
            $0.hasImages = false
            $0.streamsMemory = true
            $0.parents = 6
            $0.children = 1
            $0.changes = 6
            $0.parentChanges = 0
            $0.deletes = 0
            $0.moves = 100
            $0.pause = 200
            $0.ambushes = [Ambush(.beforeApply, percent: 50, stall: 100...400)]
        },
    ]

    /// Members that come and go.
    private static let group: [Race] = [
        Race("a crash between apply and commit", .commitLast, faults: [.duplicate]) {
            race(&$0)
            $0.ambushes = [Ambush(.afterApply, percent: 15, faults: [.crash])]
        },
        Race("a partition is revoked in mid-batch", nil, faults: [.rebalance, .stop, .hole]) {
            race(&$0)
            $0.ambushes = [Ambush(.beforeApply, percent: 15, faults: [.rebalance])]
        },
        Race("records are handed over when their assignment is over", .epoch) {
            race(&$0, lanes: 1, workers: 1)
            $0.copies = 60
            $0.changes = 16
            $0.ambushes = [
                Ambush(.beforeApply, percent: 25, faults: [.failover], stall: 0...30),
                Ambush(.afterReceive, percent: 15, stall: 120...300),
            ]
        },
        Race("a chunk fails, its worker dies, and the committed offset is gone", .chain, faults: [.busy]) {
            race(&$0)
            $0.keysPerCall = 1
            $0.batch = 12
            $0.busy = 30
            $0.changes = 6
            $0.pause = 300
            $0.ambushes = [Ambush(.afterFailure, percent: 80, faults: [.offsetsExpired])]
        },
        Race("a removal beside the script fails alone", .removalAnswer, faults: [.busy]) {
            race(&$0)
            $0.refreshesTables = false
            $0.parentChanges = 50
            $0.removalsFrom = 1
            $0.busy = 20
        },
        Race("a poison record at the head of a partition", .letterFirst, faults: [.poison]) {
            race(&$0)
            $0.poison = 30
            $0.ambushes = [Ambush(.afterApply, percent: 20, faults: [.crash])]
        },
        Race("committed offsets expire or are moved", nil, faults: [.offsetsExpired, .offsetsMoved]) { race(&$0) },
        Race("records are deleted before they were applied", .recoverySweep, faults: [.overrun, .stop]) { race(&$0) },
        Race(
            "a letter is owed for a record that was deleted", nil,
            faults: [.retention, .databaseFailover, .crash, .stop]
        ) {
            race(&$0)
            $0.hasGates = true
            $0.gateDeadline = 300
            $0.retention = 0
        },
    ]

    /// Redis loses its memory.
    private static let redis: [Race] = [
        Race("the commit survived, and Redis lost it", .gap) {
            race(&$0)
            $0.copies = 60
            $0.ambushes = [Ambush(.afterApply, percent: 20, faults: [.failover], stall: 5...30)]
        },
        Race("Redis is flushed while a batch is in flight", .incarnation) {
            race(&$0)
            $0.keysPerCall = 1
            $0.ambushes = [
                Ambush(.beforeApply, percent: 15, faults: [.flush], stall: 450...900, stopsProcess: true)
            ]
        },
        Race("a failover lost writes, and a zombie's batch passes the loss", .gap) {
            race(&$0)
            $0.copies = 60
            $0.ambushes = [
                Ambush(.beforeApply, percent: 20, faults: [.failover], stall: 450...900, stopsProcess: true)
            ]
        },
        Race("a loss on a partition without traffic", .idleLook) {
            race(&$0)
            $0.changes = 15
            $0.ambushes = [Ambush(.afterApply, percent: 10, faults: [.failover])]
        },
        Race("Redis hands out ticket numbers again", .process) {
            race(&$0)
            $0.streamsMemory = false
            $0.copies = 100
            $0.pause = 100
            $0.lag = 2
            $0.isScattered = true
            $0.ambushes = [
                Ambush(.afterTicket, percent: 30, faults: [.failover], stall: 0...0),
                Ambush(.beforeApply, percent: 60, stall: 100...400),
            ]
        },
        Race("what was skipped is swept", .recoverySweep, faults: [.failover, .databaseFailover]) { race(&$0) },
    ]

    /// PostgreSQL fails over.
    private static let postgres: [Race] = [
        Race("PostgreSQL fails over and loses commits that were cached", .recoverySweep) {
            race(&$0)
            $0.ambushes = [Ambush(.afterApply, percent: 10, faults: [.databaseFailover])]
        },
        Race("PostgreSQL is set back to a snapshot of the same timeline", .setBack, faults: [.databaseSetBack]) {
            race(&$0)
            $0.changes = 24
            $0.calm = 100
        },
        Race("an old primary still answers", .history, faults: [.databaseFailover]) {
            race(&$0)
            $0.changes = 16
            $0.calm = 300
            $0.afterlife = 1_500
            $0.ambushes = [Ambush(.beforeApply, percent: 20)]
        },
        Race("transaction ids are handed out again", nil) {
            race(&$0, lanes: 1, workers: 1)
            $0.isCapture = true
            $0.ambushes = [Ambush(.afterApply, percent: 10, faults: [.databaseFailover])]
        },
    ]
}
