import FreshetCore

extension SettingTable {
    static let worker: [SettingSpec] = [
        .init("worker.lanes", .integer(1...64), "2", "Threads that carry batches from Kafka to Redis"),
        .init("worker.batch.records", .integer(1...1_000_000), "524288", "Records that a batch may hold"),
        .init(
            "worker.batch.entities", .integer(1...4_194_304), "262144",
            "Entities that events may name in a batch: 262,144 take some 20 MiB a lane; fewer cost more writes"),
        .init(
            "worker.slice.documents", .integer(1...1_000_000), "4096",
            "Entities whose documents a large batch reads and writes at a time, in each lane"),
        .init(
            "worker.slice.bytes", .size(4 << 10...1 << 30), "2MiB",
            "The same in bytes, by what the documents before them weighed: more memory, fewer reads"),
        .init(
            "worker.batch.bytes", .size(64 << 10...1 << 30), "64MiB",
            "Bytes of rejected records that a batch may hold for the dead-letter topic; overshot by one receive"),
        .init(
            "worker.chunk-keys", .integer(1...4096), "512",
            "Keys of one script call, which holds Redis for everybody: 512 take about 2 ms"),
        .init("worker.commit-interval", .duration(10...60_000), "1s", "How often offsets are committed"),
        .init(
            "worker.shutdown-timeout", .duration(100...600_000), "30s",
            "How long work in flight may take after a signal to stop"),
        .init(
            "worker.idle-look", .duration(100...60_000), "1s",
            "How often an idle lane compares its checkpoint and PostgreSQL's history"),
        .init(
            "worker.visibility-deadline", .duration(100...600_000), "30s",
            "How long captured events wait for their transactions to become visible"),
        .init(
            "worker.pending-limit", .integer(100...10_000_000), "100000",
            "Second effects (repeats, sweeps, re-reads) that may be owed at one time"),
        .init("worker.retry.backoff-initial", .duration(1...60_000), "50ms", "Longest wait before the first retry"),
        .init(
            "worker.retry.backoff-cap", .duration(1...600_000), "5s",
            "Longest wait before any retry; they double up to it"),
        .init(
            "worker.retry.attempts", .integer(1...1_000), "5",
            "Tries in place of a read that fails for a transient reason of its ids, before they leave the batch"),
        .init("worker.retry.deadline", .duration(1...3_600_000), "30s", "How long these tries may take together"),
        .init(
            "worker.retry.delay", .duration(1...86_400_000), "30s",
            "How long a record waits in the retry topic; equally long for all, so that none waits for another"),
        .init(
            "worker.retry.rounds", .integer(0...1_000_000), "10",
            "Times through the retry topic before a record is dead-lettered; 0: at once, and there is no retry topic"),
        .init(
            "worker.breaker.threshold", .integer(1...1_000), "5",
            "Failures of a dependency within `worker.breaker.period` that open its circuit breaker"),
        .init("worker.breaker.period", .duration(100...3_600_000), "10s", "How long such a failure counts"),
        .init(
            "worker.breaker.recovery", .duration(10...3_600_000), "2s",
            "How long an open breaker keeps every call away before it tries again (half-open)"),
        .init("worker.breaker.trials", .integer(1...64), "1", "Calls under way at one time while it is half-open"),
    ]

    static let topics: [SettingSpec] = [
        .init(
            "dead-letter-topic.name", .text("pattern with `{topic}`, `{group}`"), "{topic}.dlq",
            "Where rejected records go"),
        .init("dead-letter-topic.create", .boolean, "true", "Create it where it is missing"),
        .init(
            "retry-topic.name", .text("pattern with `{topic}`, `{group}`"), "{topic}.{group}.retry",
            "Where records wait that are tried again later; one per group, so that no other group reads them twice"),
        .init("retry-topic.create", .boolean, "true", "Create it where it is missing"),
    ]

    static let offsets: [SettingSpec] =
        RecoveryClass.allCases.filter { $0 != .none }.map { found in
            .init(
                "offsets.\(found.rawValue)", .choice(found.strategies.map(\.rawValue)), found.strategies[0].rawValue,
                occasion(found))
        } + [
            .init(
                "offsets.lag-bound", .integer(1...Int(Int64.max)), .none, "Records of lag from which on `behind` counts"
            ),
            .init(
                "offsets.rewind", .duration(1000...2_592_000_000), "1h",
                "How far before now the strategies `timestamp` and `rewind` go back"),
            .init(
                "offsets.record-rate", .integer(1...1_000_000_000), "20000",
                "Records per second that a worker is taken to apply, until it has shown more: by it a backlog is "
                    + "compared with a rebuild"),
            .init(
                "offsets.row-rate", .integer(1...1_000_000_000), "20000",
                "Rows per second that loading the read models is taken to reach: by it a rebuild is compared with a "
                    + "backlog"),
        ]

    private static func occasion(_ found: RecoveryClass) -> String {
        switch found {
        case .missing: "When there is neither a committed offset nor a checkpoint"
        case .truncated: "When the committed offset lies beyond the topic's end, or the topic is another one"
        case .expired: "When the records to start from were deleted from the topic"
        case .history: "When PostgreSQL's history changed (failover, restore), or the graph's fingerprint"
        case .cacheLost: "When Redis has no checkpoint, or another incarnation"
        case .cacheBehind: "When Redis' checkpoint is below the committed offset"
        case .moved: "When someone else moved the committed offset"
        case .behind: "When the lag is over `offsets.lag-bound`"
        case .none: ""
        }
    }

    static let observation: [SettingSpec] = [
        .init(
            "consistency.sampling-rate", .percent, "0.1%",
            "Share of the applied changes that are compared with PostgreSQL after 1 s, 1 min and 5 min"),
        .init(
            "consistency.rate", .integer(1...10_000), "50",
            "Changes per second that are sampled at most; each is compared three times"),
        .init(
            "consistency.waiting", .integer(100...10_000_000), "20000",
            "Sampled changes that wait for a comparison at one time"),
        .init("log.format", .choice(["auto", "text", "json"]), "auto", "`auto` is text on a terminal, JSON elsewhere"),
        .init("log.level", .choice(["debug", "info", "warning", "error"]), "info", "Least level that is written"),
        .init("metrics.log-interval", .duration(1000...86_400_000), "1m", "How often the totals are logged"),
    ]
}
