import FreshetCore

/// What a schedule is like: everything follows from the seed and the faults that are asked for.
package struct SchedulePlan: Sendable {
    package var seed: UInt64
    package var faults: Set<SimFault>
    package var defences: Defences
    package var traces: Bool
    /// Chosen by the seed; a test that is after one race may narrow them.
    package var partitions: Int
    package var workers: Int
    package var lanes: Int
    package var parents: Int
    package var children: Int
    package var changes: Int
    package var keysPerCall: Int
    package var batch: Int
    package var isCapture: Bool
    package var refreshesTables: Bool
    package var readers: Int
    /// A league's change sweeps all matches instead of finding its own.
    package var sweepsMatches: Bool
    /// Events name the parents before and after; otherwise the memory must know them.
    package var hasImages: Bool
    /// The read models are projections: events may come before them, and nothing but the row's version tells.
    package var hasGates: Bool

    /// The memory is made whole from PostgreSQL; otherwise it is learnt change by change.
    package var streamsMemory: Bool

    package init(
        seed: UInt64, faults: Set<SimFault> = Set(SimFault.allCases), defences: Defences = .all, traces: Bool = false
    ) {
        self.seed = seed
        self.faults = faults
        self.defences = defences
        self.traces = traces
        var random = SplitMix(seed: seed ^ 0x5eed)
        func pick(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &random) }
        partitions = pick(2...3)
        workers = pick(1...2)
        lanes = pick(1...2)
        parents = pick(2...3)
        children = pick(4...8)
        changes = pick(15...45)
        // Small calls and batches: several chunks and many batches, as big data would have.
        keysPerCall = pick(2...6)
        batch = pick(3...12)
        isCapture = pick(0...1) == 1
        refreshesTables = pick(0...3) > 0
        readers = pick(0...2)
        hasImages = pick(0...1) == 1
        sweepsMatches = pick(0...4) == 0
        hasGates = !isCapture && pick(0...2) == 0
        streamsMemory = pick(0...2) > 0
    }
}

/// What can go wrong in a schedule.
package enum SimFault: String, Sendable, CaseIterable {
    /// A worker is killed and started again.
    case crash
    /// A worker is stopped for longer than the session time-out.
    case stop
    /// A worker joins or leaves.
    case rebalance
    /// Records come twice.
    case duplicate
    /// Offsets have holes.
    case hole
    /// Redis is flushed on a living connection.
    case flush
    /// Redis restarts empty.
    case restart
    /// Redis restarts from an old file, or fails over to a replica that lacked acknowledged writes.
    case failover
    /// Redis is away for a while.
    case redisDown = "redis-down"
    /// Redis is full for a while.
    case full
    /// Single calls are answered BUSY while those around them, in the same pipeline, are done.
    case busy
    /// PostgreSQL fails over and loses its newest commits; the old primary still answers.
    case databaseFailover = "database-failover"
    /// PostgreSQL is away for a while.
    case databaseDown = "database-down"
}
