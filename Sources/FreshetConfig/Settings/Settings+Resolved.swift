import FreshetCore

extension Settings {
    /// From values of which none is wrong.
    init(_ values: ResolvedSettings) {
        deployment = values[text: "deployment"]
        graph = values[text: "graph"]
        statusFile = values.text("status-file")
        kafka = Kafka(values)
        redis = Redis(values)
        postgres = Postgres(values)
        worker = Worker(values)
        deadLetterTopic = SideTopic(values, "dead-letter-topic")
        retryTopic = SideTopic(values, "retry-topic")
        let general = values.values.filter { $0.key.hasPrefix("offsets.") }
        let byName = [String: ResolvedSettings.Resolved](
            uniqueKeysWithValues: general.map { (String($0.key.dropFirst("offsets.".count)), $0.value) })
        offsets = Offsets(byName)
        offsetsPerTopic = values.perTopic.mapValues { Offsets(byName.merging($0) { _, own in own }) }
        samplingRate = values[integer: "consistency.sampling-rate"]
        samplesPerSecond = values[integer: "consistency.rate"]
        samplesWaiting = values[integer: "consistency.waiting"]
        logFormat = LogFormat(rawValue: values[text: "log.format"]) ?? .auto
        logLevel = LogLevel(rawValue: values[text: "log.level"]) ?? .info
        metricsLogInterval = values[integer: "metrics.log-interval"]
        longestOutage = values[integer: "doctor.longest-outage"]
        clockSkew = values[integer: "doctor.clock-skew"]
    }
}

extension Settings.Offsets {
    init(_ values: [String: ResolvedSettings.Resolved]) {
        strategies = [:]
        (rewind, recordRate, rowRate) = (0, 1, 1)
        for (name, resolved) in values {
            switch resolved.value {
            case .text(let text):
                if let found = RecoveryClass(rawValue: name) { strategies[found] = RecoveryStrategy(rawValue: text) }
            case .integer(let value) where name == "lag-bound": lagBound = value
            case .integer(let value) where name == "record-rate": recordRate = value
            case .integer(let value) where name == "row-rate": rowRate = value
            case .integer(let value): rewind = value
            default: break
            }
        }
    }
}

extension Settings.SideTopic {
    init(_ values: ResolvedSettings, _ section: String) {
        pattern = values[text: "\(section).name"]
        create = values[boolean: "\(section).create"]
    }
}

extension Settings.Worker {
    init(_ values: ResolvedSettings) {
        lanes = values[integer: "worker.lanes"]
        batchRecords = values[integer: "worker.batch.records"]
        batchEntities = values[integer: "worker.batch.entities"]
        sliceDocuments = values[integer: "worker.slice.documents"]
        sliceBytes = values[integer: "worker.slice.bytes"]
        batchBytes = values[integer: "worker.batch.bytes"]
        chunkKeys = values[integer: "worker.chunk-keys"]
        commitInterval = values[integer: "worker.commit-interval"]
        shutdownTimeout = values[integer: "worker.shutdown-timeout"]
        idleLook = values[integer: "worker.idle-look"]
        visibilityDeadline = values[integer: "worker.visibility-deadline"]
        pendingLimit = values[integer: "worker.pending-limit"]
        backoff = Backoff.Settings(
            initial: values[integer: "worker.retry.backoff-initial"],
            cap: values[integer: "worker.retry.backoff-cap"])
        retry = Retry(
            attempts: values[integer: "worker.retry.attempts"], deadline: values[integer: "worker.retry.deadline"],
            delay: values[integer: "worker.retry.delay"], rounds: values[integer: "worker.retry.rounds"])
        breaker = Breaker.Settings(
            threshold: values[integer: "worker.breaker.threshold"], period: values[integer: "worker.breaker.period"],
            recovery: values[integer: "worker.breaker.recovery"], trials: values[integer: "worker.breaker.trials"])
    }
}

extension Settings.Kafka {
    init(_ values: ResolvedSettings) {
        bootstrap = values[text: "kafka.bootstrap"]
        group = values[text: "kafka.group"]
        clientID = values[text: "kafka.client-id"]
        instanceID = values.text("kafka.instance-id")
        assignment = values[text: "kafka.assignment"]
        sessionTimeout = values[integer: "kafka.session-timeout"]
        maxPollInterval = values[integer: "kafka.max-poll-interval"]
        requestTimeout = values[integer: "kafka.request-timeout"]
        deliveryTimeout = values[integer: "kafka.delivery-timeout"]
        security = Security(
            securityProtocol: values[text: "kafka.security.protocol"],
            mechanism: values.text("kafka.security.mechanism"), username: values.text("kafka.security.username"),
            password: values.secret("kafka.security.password"), authorities: values.text("kafka.security.authorities"))
        prefetchBytes = values[integer: "kafka.prefetch.bytes"]
        prefetchMessages = values[integer: "kafka.prefetch.messages"]
        settings = [String: String](values.map("kafka.settings").map { ($0.name, $0.value) }) { _, last in last }
    }
}

extension Settings.Redis {
    init(_ values: ResolvedSettings) {
        host = values[text: "redis.host"]
        port = values[integer: "redis.port"]
        username = values.text("redis.username")
        password = values.secret("redis.password")
        database = values[integer: "redis.database"]
        connectTimeout = values[integer: "redis.connect-timeout"]
        commandTimeout = values[integer: "redis.command-timeout"]
    }
}

extension Settings.Postgres {
    init(_ values: ResolvedSettings) {
        location =
            values.text("postgres.url").map { .url($0) }
            ?? .parts(
                host: values[text: "postgres.host"], port: values[integer: "postgres.port"],
                user: values[text: "postgres.user"], database: values[text: "postgres.database"])
        password = values.secret("postgres.password")
        sslMode = values.text("postgres.sslmode")
        sslRootCertificate = values.text("postgres.ssl-root-certificate")
        connectTimeout = values[integer: "postgres.connect-timeout"]
        statementTimeout = values[integer: "postgres.statement-timeout"]
        roundTripTimeout = values[integer: "postgres.round-trip-timeout"]
        isPipelined = values[boolean: "postgres.pipeline"]
        isPooled = values[boolean: "postgres.pooled"]
        searchPath = values[text: "postgres.search-path"]
        limits = [Bulkhead: RateBound](
            uniqueKeysWithValues: Bulkhead.allCases.map { bulkhead in
                let path = "postgres.limits.\(bulkhead.rawValue)"
                return (
                    bulkhead,
                    RateBound(queries: values[integer: "\(path).queries"], rows: values[integer: "\(path).rows"])
                )
            })
        sharesLimits = values[boolean: "postgres.limits.shared"]
    }
}
