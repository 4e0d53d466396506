/// The control record as one look sees it.
package struct ControlView: Hashable, Sendable {
    /// The `run_id` of the Redis process that answered.
    package var process: String
    /// nil: there is no control record.
    package var record: Record?

    package struct Record: Hashable, Sendable {
        package var incarnation: String
        package var owner: String
        package var floor: Int64
        package var ticket: Int64
        package var history: History
        /// The mark of a rebuild that has begun and not ended: who does it and until when its lease holds.
        package var rebuilding: Rebuilding?
        /// Per kind name the fingerprint of its part of the graph.
        package var fingerprints: [String: String]
        /// Of the partitions asked for, those that have one.
        package var checkpoints: [Partition: Checkpoint]
        package var pendingCount: Int
        /// The lowest ticket whose entries of the memory count: what was skipped or lost before, they don't know of.
        package var memory: Int64
        /// Per kind name the ticket with which it was invalidated whole last.
        package var swept: [String: Int64]
        /// What people on call have said of the breakers.
        package var orders: [Dependency: Breaker.Order]
        /// The graph that works with this cache, and in its body those that did before.
        package var graph: Rebuilding?
        /// How far PostgreSQL was seen in this history.
        package var flushed: UInt64?

        package init(
            incarnation: String, owner: String, floor: Int64, ticket: Int64, history: History, rebuilding: Rebuilding?,
            fingerprints: [String: String], checkpoints: [Partition: Checkpoint], pendingCount: Int, memory: Int64 = 1,
            swept: [String: Int64] = [:], orders: [Dependency: Breaker.Order] = [:],
            flushed: UInt64? = nil, graph: Rebuilding? = nil
        ) {
            self.incarnation = incarnation
            self.owner = owner
            self.floor = floor
            self.ticket = ticket
            self.history = history
            self.rebuilding = rebuilding
            self.fingerprints = fingerprints
            self.checkpoints = checkpoints
            self.pendingCount = pendingCount
            self.memory = memory
            self.swept = swept
            self.orders = orders
            self.graph = graph
            self.flushed = flushed
        }
    }

    package init(process: String, record: Record?) {
        self.process = process
        self.record = record
    }
}

/// A rebuild under way. `body` is what it does, in the worker's own words, so that whoever sees it can finish it.
package struct Rebuilding: Hashable, Sendable {
    package var holder: String
    /// Milliseconds since 1970 by Redis' own clock; another worker may take over afterwards.
    package var leaseUntil: Int64
    package var body: [UInt8]

    package init(holder: String, leaseUntil: Int64, body: [UInt8]) {
        self.holder = holder
        self.leaseUntil = leaseUntil
        self.body = body
    }
}
