/// What can be said: a closed list, so that alerts and run books can name a message. What varies is in the fields.
package enum LogMessage: String, Sendable, CaseIterable {
    // the process
    case workerStarted = "worker-started"
    case workerStopping = "worker-stopping"
    case workerStopped = "worker-stopped"
    case account = "account"
    case progress = "progress"
    case graphLoaded = "graph-loaded"
    case configurationWarning = "configuration-warning"
    case internalError = "internal-error"
    case linesDropped = "log-lines-dropped"
    // lanes and the group
    case laneStarted = "lane-started"
    case laneStopped = "lane-stopped"
    case laneStuck = "lane-stuck"
    case partitionsAssigned = "partitions-assigned"
    case partitionsRevoked = "partitions-revoked"
    case partitionsLost = "partitions-lost"
    case assignmentAwaited = "assignment-awaited"
    case offsetOutOfRange = "offset-out-of-range"
    case offsetsCommitted = "offsets-committed"
    case commitFailed = "commit-failed"
    case batchApplied = "batch-applied"
    // recovery
    case recoveryDecided = "recovery-decided"
    case recoveryHalted = "recovery-halted"
    case rebuildStarted = "rebuild-started"
    case rebuildWaiting = "rebuild-waiting"
    case rebuildFinished = "rebuild-finished"
    case controlEstablished = "control-record-established"
    case cacheLost = "cache-lost"
    case historyChanged = "history-changed"
    case floorRaised = "floor-raised"
    case kindInvalidated = "kind-invalidated"
    case memoryStreamed = "memory-streamed"
    // dependencies
    case dependencyFault = "dependency-fault"
    case dependencyPaused = "dependency-paused"
    case dependencyResumed = "dependency-resumed"
    case breakerOpened = "breaker-opened"
    case breakerHalfOpen = "breaker-half-open"
    case breakerClosed = "breaker-closed"
    // records
    case recordRejected = "record-rejected"
    case recordDeadLettered = "record-dead-lettered"
    case recordDeferred = "record-deferred"
    case recordRetried = "record-retried"
    case kindUnknown = "kind-unknown"
    case applyRefused = "apply-refused"
    case keysRefused = "keys-refused"
    case cacheFull = "cache-full"
    case gateWaiting = "gate-waiting"
    case gatePassed = "gate-passed"
    case pendingFull = "pending-full"
    case cascadeSplit = "cascade-split"
    // servers that freshet dev and the tests start
    case serverStarted = "server-started"
    case serverStopped = "server-stopped"
    case leftoverRemoved = "leftover-removed"

    /// For people: `worker started`.
    var sentence: String { String(rawValue.map { $0 == "-" ? " " : $0 }) }
}
