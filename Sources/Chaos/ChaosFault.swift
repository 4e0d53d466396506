/// A fault that `freshet chaos` knows. What it does to the servers is `ChaosRun+Faults`' affair.
package enum ChaosFault: String, Sendable, CaseIterable {
    case workerKill = "worker-kill"
    case workerTerm = "worker-term"
    case workerStop = "worker-stop"
    case redisEmpty = "redis-restart-empty"
    case redisSnapshot = "redis-restart-snapshot"
    case redisFlush = "redis-flushall"
    case redisRecord = "redis-record-lost"
    case redisFailover = "redis-failover"
    case redisFull = "redis-full"
    case redisPause = "redis-pause"
    case redisCut = "redis-cut"
    case redisStall = "redis-stall"
    case postgresRestart = "postgres-restart"
    case postgresFailover = "postgres-failover"
    case postgresCut = "postgres-cut"
    case postgresStall = "postgres-stall"
    case brokerDown = "broker-down"
    case brokerCut = "broker-cut"
    case brokerStall = "broker-stall"

    /// What it breaks: two faults at a time never break the same part.
    package enum Part: Sendable {
        case worker
        case redis
        case postgres
        case broker
    }

    package var part: Part {
        switch self {
        case .workerKill, .workerTerm, .workerStop: .worker
        case .redisEmpty, .redisSnapshot, .redisFlush, .redisRecord, .redisFailover, .redisFull, .redisPause,
            .redisCut, .redisStall:
            .redis
        case .postgresRestart, .postgresFailover, .postgresCut, .postgresStall: .postgres
        case .brokerDown, .brokerCut, .brokerStall: .broker
        }
    }

    package var summary: String {
        switch self {
        case .workerKill: "kill -9 of a worker, another one in its place up to 1.5 s later"
        case .workerTerm: "SIGTERM: a worker leaves in good order, another one takes its place"
        case .workerStop: "SIGSTOP of a worker for longer than the session time-out, then SIGCONT"
        case .redisEmpty: "Redis crashes and comes back empty"
        case .redisSnapshot: "Redis crashes and comes back with a snapshot, a moment or many faults old"
        case .redisFlush: "FLUSHALL on living connections"
        case .redisRecord: "the control record alone is gone, as an eviction would take it"
        case .redisFailover:
            "a replica that was cut off before is promoted: acknowledged writes are lost, and the old"
                + " primary answers for a while"
        case .redisFull: "maxmemory is below what Redis holds: every write is refused"
        case .redisPause: "CLIENT PAUSE: Redis answers nothing for a while"
        case .redisCut: "every connection to Redis is cut, new ones are refused for a while"
        case .redisStall: "connections to Redis stand, but no byte passes"
        case .postgresRestart: "PostgreSQL crashes and recovers"
        case .postgresFailover:
            "pg_ctl promote of a replica that lacks the primary's tail, while the old primary"
                + " answers for a while"
        case .postgresCut: "every connection to PostgreSQL is cut, new ones are refused for a while"
        case .postgresStall: "connections to PostgreSQL stand, but no byte passes"
        case .brokerDown: "the broker is down and comes back"
        case .brokerCut: "every connection to Kafka is cut, new ones are refused for a while"
        case .brokerStall:
            "connections to Kafka stand, but no byte passes; at times for longer than the session time-out"
        }
    }
}
