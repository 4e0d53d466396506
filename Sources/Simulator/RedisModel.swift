import FreshetCore

/// What `schemas/redis/*.lua` do to one Redis, in memory: the same rules and the same answers, step by step. A test
/// plays thousands of calls against both and compares answers and state.
///
/// A plain value: a copy of it is a snapshot, a replica that lags, or a backup.
package struct RedisModel: Sendable {
    package struct Value: Hashable, Sendable {
        package var bytes: [UInt8]
        /// Milliseconds on the model's clock.
        package var expires: Int64
    }

    package struct CheckpointName: Hashable, Sendable {
        package var group: String
        package var partition: Partition

        package init(group: String, partition: Partition) {
            self.group = group
            self.partition = partition
        }
    }

    package struct ChainEnd: Hashable, Sendable {
        package var batch: Int64
        package var index: Int
    }

    /// The control record.
    package struct Record: Sendable {
        package var incarnation: String
        package var owner: String
        package var ticket: Int64 = 0
        package var floor: Int64 = 0
        package var history: History
        package var marks: [String: Rebuilding] = [:]
        package var fingerprints: [String: String] = [:]
        package var checkpoints: [CheckpointName: Checkpoint] = [:]
        package var chains: [Partition: ChainEnd] = [:]
        package var pending: [String: Pending] = [:]
        package var memory: Int64 = 1
        package var swept: [String: Int64] = [:]
        package var notes: [String: String] = [:]
        package var orders: [Dependency: Breaker.Order] = [:]
        package var flushed: Revision.Flushed?
        /// nil in a record from before there was a log, until the first touch.
        package var touches: TouchLog? = TouchLog()
    }

    package private(set) var process: String
    package var record: Record?
    package var values: [[UInt8]: Value] = [:]
    /// Entries of the memory, by their whole names: fields of hashes, so that no SCAN meets them.
    package var memories: [[UInt8]: [UInt8]] = [:]
    var leases: [[UInt8]: Lease] = [:]
    /// Memory is full and nothing is evicted: only what is allowed to run then still runs.
    package var isFull = false
    /// Milliseconds since 1970, set by whoever plays with it.
    package var now: Int64 = 0
    package var touchBounds: TouchBounds

    struct Lease: Sendable {
        var holder: String
        var until: Int64
    }

    package init(process: String, touchBounds: TouchBounds = TouchBounds()) {
        self.process = process
        self.touchBounds = touchBounds
    }

    /// `FLUSHALL`: the process lives on.
    package mutating func flush() {
        record = nil
        values = [:]
        memories = [:]
        leases = [:]
    }

    /// A new process with the memory of `state`: nil for none, an older copy for a failover to a replica that lagged
    /// or a restart from a snapshot.
    package mutating func restart(as process: String, from state: RedisModel? = nil) {
        let now = now
        self = state ?? RedisModel(process: process, touchBounds: touchBounds)
        self.process = process
        self.now = now
        // Another process hands out tickets of its own.
        record?.swept = [:]
    }

    static func outOfMemory() -> Fault { Fault(.redis, .redis("OOM"), "the model's memory is full") }
}
