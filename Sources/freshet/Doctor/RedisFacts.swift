import FreshetConfig

/// What Redis says of itself (`INFO`), judged.
enum RedisFacts {
    static func version(_ info: [String: String]) -> Check {
        let version = info["redis_version"] ?? "unknown"
        let major = version.split(separator: ".").first.flatMap { Int($0) } ?? 0
        guard major >= 7 else {
            return .error(
                "redis.version", "\(version): scripts that declare what they do (`#!lua`) need 7.0",
                "upgrade Redis to 7.0 or newer")
        }
        return .ok("redis.version", version)
    }

    static func role(_ info: [String: String]) -> [Check] {
        var checks: [Check] = []
        let role = info["role"] ?? "unknown"
        let replicas = info["connected_slaves"] ?? "0"
        checks.append(
            role == "master"
                ? .ok("redis.role", replicas == "0" ? "master without replicas" : "master with \(replicas) replicas")
                : .error("redis.role", "it is a \(role)", "point `redis.host` at the master"))
        if info["cluster_enabled"] == "1" {
            checks.append(
                .error(
                    "redis.cluster", "it is a node of a cluster, and a script here touches keys of several slots",
                    "use a Redis without cluster mode for this cache"))
        }
        return checks
    }

    static func memory(_ info: [String: String]) -> [Check] {
        let used = info["used_memory"].flatMap { Int($0) } ?? 0
        guard let bound = info["maxmemory"].flatMap({ Int($0) }), bound > 0 else {
            return [
                .warning(
                    "redis.memory", "\(mebibytes(used)) used, and no bound: it grows until the system ends it",
                    "set `maxmemory` in redis.conf; when it is reached workers invalidate instead of writing")
            ]
        }
        let percent = used * 100 / bound
        let what = "\(mebibytes(used)) of \(mebibytes(bound)) used (\(percent)%)"
        if percent >= 90 {
            return [
                .warning(
                    "redis.memory", what,
                    "raise `maxmemory`, or shorten `ttl` in the graph: a full Redis gets invalidations only")
            ]
        }
        return [.ok("redis.memory", what)]
    }

    /// The control record has no time to live, so `volatile-*` never evicts it.
    static func eviction(_ info: [String: String]) -> Check {
        let policy = info["maxmemory_policy"] ?? "unknown"
        switch policy {
        case "noeviction":
            return .ok("redis.eviction", "noeviction: a full Redis refuses writes, and workers invalidate instead")
        case _ where policy.hasPrefix("volatile-"):
            return .ok("redis.eviction", "\(policy): the control record has no time to live and stays")
        default:
            return .warning(
                "redis.eviction",
                "\(policy) may evict the control record: workers would notice, and empty the whole cache",
                "CONFIG SET maxmemory-policy volatile-lru (and in redis.conf), or noeviction")
        }
    }

    static func persistence(_ info: [String: String], save: String?) -> [Check] {
        var checks: [Check] = []
        if info["rdb_last_bgsave_status"] == "err" {
            checks.append(
                .error(
                    "redis.snapshot", "the last snapshot failed: by default Redis refuses every write then",
                    "see its log; give `dir` room and rights, then BGSAVE"))
        }
        if info["aof_enabled"] == "1", info["aof_last_write_status"] == "err" {
            checks.append(
                .error(
                    "redis.aof", "the last write of the append-only file failed: Redis refuses writes",
                    "see its log; give `dir` room and rights"))
        }
        let what: String
        if info["aof_enabled"] == "1" {
            what = "append-only file: a restart loses about a second, and the workers apply it again"
        } else if let save {
            what =
                save.isEmpty
                ? "none: after a restart the cache is empty and is filled anew"
                : "snapshots (save \(save)): a restart goes back to the last one, and the workers apply the rest again"
        } else {
            what = "no append-only file; whether there are snapshots only CONFIG GET save would tell"
        }
        checks.append(.ok("redis.persistence", what))
        return checks
    }

    private static func mebibytes(_ bytes: Int) -> String {
        bytes < 10 << 20 ? "\(bytes >> 10) KiB" : "\(bytes >> 20) MiB"
    }
}
