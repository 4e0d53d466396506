import FreshetCore

/// Everything that the worker has to say while it runs: a closed list, turned into log lines and counters by whoever
/// listens.
package enum WorkerEvent: Sendable {
    case ready(partitions: Int)
    case assigned([Partition])
    case revoked([Partition], lost: Bool)
    case decided(Partition, RecoveryDecision, start: Int64, skipped: Int64)
    /// What may have been stale is gone and the partitions go on, so long after that was noticed.
    case rebuilt(found: [RecoveryClass], partitions: Int, milliseconds: Int64)
    case swept(patterns: Int, keys: Int)
    /// Another worker invalidates what this one would: it waits, and need not do it again.
    case waitingForRebuild(holder: String)
    /// An edge's memory is whole.
    case remembered(edge: String, children: Int, keys: Int)
    /// The graph's kinds (and edges to patterns) that differ from what was known were invalidated whole.
    case graphChanged(kinds: [String], keys: Int)
    /// Workers of another graph have their turn: this one leaves the group.
    case displaced(by: String)
    /// PostgreSQL is where it was before: a restored snapshot.
    case setBack(History, from: UInt64, to: UInt64)
    case lost(lane: Int, Refusal)
    case paused(part: String, Fault, milliseconds: Int)
    case resumed(part: String, milliseconds: Int64)
    case rejected(Partition, offset: Int64, Rejection, traceparent: String?)
    case deferred(Partition, offset: Int64, Rejection, traceparent: String?)
    case isolated(statement: String, entities: Int, Fault)
    case applied(BatchReport)
    case droppedBatch(records: Int)
    /// Redis has no room: what can't be written is only removed. Said once until something can be written again.
    case full(lane: Int, Fault)
    case waitingForVisibility(transactions: Int)
    case breaker(Dependency, Breaker.State, isOrdered: Bool)
    case committed([Partition: Int64])
    /// What is done for whole kinds, beside the events.
    case upkeep(UpkeepEvent)
    case fatal(String)
}

/// What one batch did.
package struct BatchReport: Sendable {
    package var lane: Int
    package var records: Int
    package var entities: Int
    package var reached: Int
    package var refreshed: Int
    package var invalidated: Int
    package var refused: Int
    package var calls: Int
    package var counts: OutcomeCounts
    /// Milliseconds since 1970 of the oldest record with a timestamp, and when the batch was received and applied.
    package var oldest: Int64
    package var received: Int64
    package var applied: Int64
    /// Nanoseconds per step.
    package var ticketTime: UInt64
    package var readTime: UInt64
    package var applyTime: UInt64
    /// Up to a few (cascade root, key) lines for a live view; empty unless asked for.
    package var sample: [String]
}

/// Where events go. Called from lanes and coordinator alike; must not block for long.
package protocol WorkerListener: Sendable {
    func heard(_ event: WorkerEvent)
}
