extension SettingTable {
    static let kafka: [SettingSpec] = [
        .init("kafka.bootstrap", .addresses, .required, "Brokers to ask first"),
        .init("kafka.group", .text("name"), .same(as: "deployment"), "Consumer group of the workers"),
        .init("kafka.client-id", .text("name"), "freshet", "How brokers' logs and quotas name this client"),
        .init(
            "kafka.instance-id", .text("name"), .none,
            "Static membership: unique per worker; one that restarts within the session time-out keeps its partitions"),
        .init(
            "kafka.assignment", .choice(["range", "roundrobin", "cooperative-sticky"]), "range",
            "How partitions are spread; `cooperative-sticky` can lose an assignment or hang in librdkafka 2.0.2"),
        .init(
            "kafka.session-timeout", .duration(1000...1_800_000), "45s",
            "Silence after which the group gives a worker's partitions to others"),
        .init(
            "kafka.max-poll-interval", .duration(10_000...86_400_000), "5m",
            "Longest time between two looks at the queue before the worker counts as stuck; a rebalance waits as long "
                + "for a member that doesn't come back"),
        .init(
            "kafka.request-timeout", .duration(100...300_000), "10s", "Bound on every single question to the brokers"),
        .init(
            "kafka.delivery-timeout", .duration(1000...600_000), "30s",
            "Bound on writing a dead letter or a deferred record, retries included"),
        .init(
            "kafka.security.protocol", .choice(["plaintext", "ssl", "sasl_plaintext", "sasl_ssl"]), "plaintext",
            "Encryption and authentication towards the brokers"),
        .init(
            "kafka.security.mechanism", .choice(["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"]), .none,
            "How a `sasl_…` protocol proves who it is"),
        .init("kafka.security.username", .text("name"), .none, "User of a `sasl_…` protocol"),
        .init(
            "kafka.security.password", .secret, .none,
            "Its password; better given by variable or by `kafka.security.password-file`"),
        .init(
            "kafka.security.password-file", .secretFile, .none,
            "File with the password; a newline at its end is dropped"),
        .init(
            "kafka.security.authorities", .file, .none,
            "Certificates that brokers are checked against; without it the system's"),
        .init(
            "kafka.prefetch.bytes", .size(1 << 20...1 << 30), "4MiB",
            "How much a lane's queue holds ahead of it; overshot by one fetch per partition"),
        .init(
            "kafka.prefetch.messages", .integer(1...10_000_000), "20000",
            "Records in a lane's queue from which on nothing more is fetched"),
        .init(
            "kafka.settings", .map, .none,
            "librdkafka's own settings by their own names, applied last; those that the worker relies on are refused"),
    ]

    /// librdkafka's settings that would break a promise, or that have a name of their own here.
    static let refusedKafkaSettings: [String: String?] = [
        "enable.auto.commit": nil, "enable.auto.offset.store": nil, "auto.offset.reset": nil,
        "enable.partition.eof": nil, "enable.idempotence": nil, "log.queue": nil, "acks": nil,
        "bootstrap.servers": "kafka.bootstrap", "metadata.broker.list": "kafka.bootstrap",
        "group.id": "kafka.group", "client.id": "kafka.client-id", "group.instance.id": "kafka.instance-id",
        "partition.assignment.strategy": "kafka.assignment", "session.timeout.ms": "kafka.session-timeout",
        "max.poll.interval.ms": "kafka.max-poll-interval", "message.timeout.ms": "kafka.delivery-timeout",
        "security.protocol": "kafka.security.protocol", "sasl.mechanism": "kafka.security.mechanism",
        "sasl.mechanisms": "kafka.security.mechanism", "sasl.username": "kafka.security.username",
        "sasl.password": "kafka.security.password", "ssl.ca.location": "kafka.security.authorities",
        "queued.max.messages.kbytes": "kafka.prefetch.bytes", "queued.min.messages": "kafka.prefetch.messages",
    ]
}
