/// What can go wrong in a schedule.
package enum SimFault: String, Sendable, CaseIterable {
    /// A worker is killed and started again.
    case crash
    /// A worker is stopped for longer than the session time-out.
    case stop
    /// A worker joins or leaves.
    case rebalance
    /// Workers with another graph come, one by one, and those with the former one go.
    case deploy
    /// Records come twice.
    case duplicate
    /// Offsets have holes.
    case hole
    /// Some records are no events, and some name what PostgreSQL rejects.
    case poison
    /// Committed offsets expire while no worker runs.
    case offsetsExpired = "offsets-expired"
    /// Somebody moves the committed offsets while no worker runs.
    case offsetsMoved = "offsets-moved"
    /// Somebody orders running workers to go on elsewhere (`freshet offsets reset`).
    case offsetsReset = "offsets-reset"
    /// Old records that were applied and committed are deleted from the topic.
    case retention
    /// Records are deleted from the topic before they were applied.
    case overrun
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
    /// PostgreSQL fails over and loses its newest commits; the old primary still answers, and the new one hands out
    /// the lost transactions' ids again.
    case databaseFailover = "database-failover"
    /// PostgreSQL is set back to a snapshot of the same timeline: it has forgotten commits and doesn't know it.
    case databaseSetBack = "database-set-back"
    /// PostgreSQL is away for a while.
    case databaseDown = "database-down"

    /// Those that happen at a moment, not all the time.
    static let sudden = Set(allCases).subtracting([.duplicate, .hole, .poison, .busy])

    /// Those after which records may be passed over, or counted twice, because the checkpoints or records are gone.
    static let forgetting: Set<SimFault> = [
        .flush, .restart, .failover, .databaseFailover, .databaseSetBack, .overrun, .offsetsMoved, .offsetsReset,
    ]
}
