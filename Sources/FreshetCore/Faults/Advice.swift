/// What a person can do about a failure that time alone doesn't mend: one sentence for log line and status file.
package enum Advice {
    /// nil where waiting is all there is to do, or nobody can know.
    package static func on(_ fault: Fault) -> String? {
        switch fault.code {
        case .notPrimary: "point `postgres` at the primary, or promote this one"
        case .sqlState(let state): on(sqlState: state)
        case .redis(let word): on(redis: word)
        case .kafka(let name, _): on(kafka: name)
        case .cannotConnect, .connectionLost, .timeout, .protocolViolation, .misconfigured: nil
        }
    }

    private static func on(sqlState state: String) -> String? {
        switch state {
        case "53300": return "no connection is free: raise max_connections or the role's limit, or run fewer lanes"
        case "57014", "55P03": return "look for locks and slow plans: pg_stat_activity, pg_locks"
        case "42501": return "the role lacks a right: see deploy/postgres-roles.sql"
        case "25006": return "the server takes no writes and a read model writes: look for the function that does"
        default: break
        }
        switch state.prefix(2) {
        case "42", "3F": return "tables and graph differ: freshet graph check says where"
        case "28": return "check `postgres.user`, `postgres.password` and pg_hba.conf"
        case "3D": return "check `postgres.database`"
        case "53": return "the server has run out of memory or disk"
        default: return nil
        }
    }

    private static func on(redis word: String) -> String? {
        switch word {
        case "OOM": "Redis is full: raise maxmemory or choose a volatile-* policy; values are only removed meanwhile"
        case "READONLY": "it is a replica: point `redis.host` at the primary, or promote this one"
        case "NOAUTH", "WRONGPASS": "check `redis.username` and `redis.password`"
        case "NOPERM": "its user lacks a right: see deploy/redis.acl"
        case "MISCONF": "Redis can't save to its disk and refuses writes: make room there"
        case "NOREPLICAS": "too few replicas are connected for min-replicas-to-write"
        case "CLUSTERDOWN", "MASTERDOWN": "a part of Redis has no primary"
        case "BUSY": "somebody's script holds Redis: SCRIPT KILL"
        default: nil
        }
    }

    private static func on(kafka name: String) -> String? {
        switch name {
        case "TOPIC_AUTHORIZATION_FAILED":
            "rights are missing: Read and Describe on the graph's topics and the retry topics, Write on the retry and "
                + "dead-letter topics"
        case "GROUP_AUTHORIZATION_FAILED": "the right Read on the group `kafka.group` is missing"
        case "CLUSTER_AUTHORIZATION_FAILED": "the right IdempotentWrite on the cluster is missing"
        case "_AUTHENTICATION", "SASL_AUTHENTICATION_FAILED": "check `kafka.security`"
        case "UNKNOWN_TOPIC_OR_PART", "_UNKNOWN_TOPIC", "_UNKNOWN_PARTITION":
            "a topic or a partition is missing: create it"
        case "NOT_ENOUGH_REPLICAS", "NOT_ENOUGH_REPLICAS_AFTER_APPEND":
            "too few replicas are in sync for min.insync.replicas"
        default: nil
        }
    }
}
