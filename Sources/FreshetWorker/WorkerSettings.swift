import FreshetCore

/// What the worker's logic needs to know; made from the configuration by the wiring.
package struct WorkerSettings: Sendable {
    /// Names the deployment: the owner in the control record. One per prefix.
    package var owner: String
    package var group: String
    package var lanes: Int
    /// Records that a batch may hold.
    package var batchRecords: Int
    /// Bytes of rejected records that a batch may hold; overshot by one receive.
    package var batchBytes: Int
    /// Entities that events may name in one batch; overshot by one receive.
    package var batchEntities: Int
    /// The same where a batch may owe or remember something for each.
    package var owingEntities: Int
    /// Changed entities of a batch that takes a second or more, or all that one may hold: memory that reading needed is
    /// given back before it.
    package var longBatch: Int
    /// Documents that are read, and then written, at a time, and bytes of them, by what those before them weighed.
    package var sliceDocuments: Int
    package var sliceBytes: Int
    /// Records taken from the log at a time: their payloads are in memory together.
    package var receiveRecords: Int
    /// Records behind from which on a batch waits for more: the further behind, the larger the window.
    package var behindRecords: Int
    /// Milliseconds that a batch may wait for more while it is behind.
    package var behindWait: Int
    package var emission: Emission.Bounds
    /// Script calls sent at once: bounds what is on its way to Redis.
    package var callsInFlight: Int
    /// Nodes of a batch from which on it lets older tickets of the process go first, and milliseconds that it waits.
    package var orderedNodes: Int
    package var orderWait: Int
    /// Milliseconds that a lane waits for a record before it looks after other things.
    package var receiveWait: Int
    /// The same where refused writes are to be read again: with the next batch, or by themselves.
    package var rereadWait: Int
    /// Milliseconds between an idle lane's looks at the control record.
    package var idleLook: Int
    package var commitInterval: Int
    /// Milliseconds between looks for what is owed.
    package var pendingLook: Int
    package var shutdownTimeout: Int
    /// Milliseconds that a revoked partition's work may take before it is left to the fences.
    package var revokeTimeout: Int
    package var backoff: Backoff.Settings
    package var breaker: Breaker.Settings
    package var retry: Retry

    /// What is tried again when it fails for a transient reason of its own.
    package struct Retry: Hashable, Sendable {
        /// Tries in place, and milliseconds that they may take together.
        package var attempts: Int
        package var deadline: Int
        /// Milliseconds that a record waits in the retry topic: equally long for all, so that none waits for another.
        package var delay: Int
        /// Times through the retry topic before it is dead-lettered; 0: there is no retry topic.
        package var rounds: Int

        package init(attempts: Int = 5, deadline: Int = 30_000, delay: Int = 30_000, rounds: Int = 10) {
            self.attempts = attempts
            self.deadline = deadline
            self.delay = delay
            self.rounds = rounds
        }
    }

    /// The last lane is the retry topics'.
    package var allLanes: Int { lanes + (retry.rounds > 0 ? 1 : 0) }
    /// Milliseconds that captured events wait for their transactions to become visible.
    package var visibilityDeadline: Int
    package var recovery: RecoverySettings
    /// For topics that have settings of their own.
    package var recoveryPerTopic: [String: RecoverySettings]
    /// `{topic}` is replaced by the record's topic, `{group}` by the group.
    package var deadLetterTopic: String
    /// The same for records that are tried again later.
    package var retryTopic: String
    package var version: String
    package var defences: Defences

    package init(owner: String, group: String) {
        self.owner = owner
        self.group = group
        lanes = 2
        batchRecords = 524_288
        batchEntities = 262_144
        owingEntities = 32_768
        longBatch = 65_536
        sliceDocuments = 4_096
        sliceBytes = 2 << 20
        receiveRecords = 2_048
        behindRecords = 16_384
        behindWait = 2_000
        batchBytes = 64 << 20
        emission = Emission.Bounds()
        callsInFlight = 4
        receiveWait = 200
        rereadWait = 10
        orderedNodes = 4_096
        orderWait = 2_000
        idleLook = 1_000
        commitInterval = 1_000
        pendingLook = 250
        shutdownTimeout = 30_000
        revokeTimeout = 5_000
        backoff = Backoff.Settings()
        breaker = Breaker.Settings()
        retry = Retry()
        visibilityDeadline = 30_000
        recovery = RecoverySettings()
        recoveryPerTopic = [:]
        deadLetterTopic = "{topic}.dlq"
        retryTopic = "{topic}.{group}.retry"
        version = "0"
        defences = .all
    }
}
