import FreshetCore

/// What a schedule is like: everything follows from the seed and the faults that are asked for.
package struct SchedulePlan: Sendable {
    package var seed: UInt64
    package var faults: Set<SimFault>
    package var defences: Defences
    package var traces: Bool
    /// Chosen by the seed, as are the others; a race narrows them.
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
    /// No kind is written, and no edge remembers.
    package var onlyRemoves = false
    /// No edge remembers: events name the parents before and after.
    package var forgets = false
    /// What changed is removed before its cascade is known, where it is only removed.
    package var removesAhead = false
    package var readers: Int
    /// A league's change sweeps all matches instead of finding its own.
    package var sweepsMatches: Bool
    /// Events name the parents before and after; otherwise the memory must know them.
    package var hasImages: Bool
    /// The read models are projections: events may come before them, and nothing but the row's version tells.
    package var hasGates: Bool
    /// Milliseconds after which a gate gives up.
    package var gateDeadline = 5_000
    /// Times that the cache is warmed while events come.
    package var warms: Int
    /// Times that the cache is verified, and repaired, while events come.
    package var verifies: Int
    /// Times that the topic is replayed while events come.
    package var replays = 0
    /// Workers that look after whole kinds while events come.
    package var upkeeps = 0
    /// What recovery does about a class, where it isn't the default; nothing halts.
    package var strategies: [RecoveryClass: RecoveryStrategy] = [:]
    /// Records of lag that count as too many.
    package var lagBound: Int64?
    /// Events go to any partition: those of one entity come out of order.
    package var isScattered: Bool
    package var ambushes: [Ambush] = []
    /// Percent of the changes that are of a parent; of a child's, those that delete it and those that move it.
    package var parentChanges = 15
    package var deletes = 12
    package var moves = 20
    /// Percent of the changes behind which a poison record comes, where that fault is asked for.
    package var poison = 6
    /// Percent of the single calls that are answered BUSY, where that fault is asked for.
    package var busy = 4
    /// Percent of the touches after which a replica, or a file, gets a copy of Redis.
    package var copies = 25
    /// Copies that the one which takes over may be behind.
    package var lag = 6
    /// Documents that are read at a time.
    package var slice = 8
    /// Entities that a batch removes, from which on they go beside the script.
    package var removalsFrom = 1
    /// What the log of touches may hold: short, so that much leaves it.
    package var touches = 1
    /// The longest time between two changes, and between a commit and its visibility where that is late, milliseconds.
    package var pause = 20
    package var lateness = 300
    /// The longest time between two faults that come at any time, milliseconds.
    package var calm = 150
    /// How many times slower than normal a lane may be; each is one of these.
    package var paces = [1, 1, 3, 12]
    /// The longest time that an old primary goes on answering, milliseconds.
    package var afterlife = 300
    /// Milliseconds that records are kept before they may be deleted.
    package var retention = 600

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
        if pick(0...1) == 0 { gateDeadline = 400 }
        warms = max(0, pick(-5...2))
        verifies = max(0, pick(-8...1))
        isScattered = pick(0...3) == 0
        // A deploy takes a lease's time where its workers are killed: not in every schedule.
        if pick(0...3) > 0 { self.faults.remove(.deploy) }
        let sudden = self.faults.intersection(SimFault.sudden).sorted { $0.rawValue < $1.rawValue }
        if pick(0...1) == 0 {
            let moment = Ambush.Moment.allCases[pick(0...Ambush.Moment.allCases.count - 1)]
            ambushes = [Ambush(moment, percent: pick(1...4), faults: pick(0...2) == 0 ? [] : sudden)]
        }
        replays = max(0, pick(-5...2))
        if pick(0...3) == 0 {
            for found in RecoveryClass.allCases {
                let possible = found.strategies.filter { $0 != .halt }
                strategies[found] = possible[pick(0...possible.count - 1)]
            }
            lagBound = Int64(pick(3...30))
        }
        upkeeps = max(0, pick(-5...2))
        removalsFrom = pick(1...8)
        slice = pick(1...12)
        touches = pick(0...2) == 0 ? pick(1...8) : pick(8...100)
        onlyRemoves = hasImages && !hasGates && !isCapture && pick(0...1) == 0
        removesAhead = pick(0...1) == 0
        forgets = onlyRemoves || (hasImages && !hasGates && !isCapture && pick(0...2) == 0)
    }

    /// Every fault that may come.
    var everyFault: Set<SimFault> { ambushes.reduce(faults) { $0.union($1.faults) } }
}
