import FreshetCore

/// The settings in librdkafka's words. Later pairs win.
extension KafkaSettings {
    package typealias Pair = (name: String, value: String)

    /// Settings that would break a promise of the worker if an override changed them.
    package static let fixed: Set<String> = [
        "enable.auto.commit", "enable.auto.offset.store", "auto.offset.reset", "enable.partition.eof",
        "enable.idempotence", "log.queue",
    ]

    /// Larger than any topic is likely to allow.
    private static let recordBytes = 128 << 20

    var commonPairs: [Pair] {
        var pairs: [Pair] = [
            ("bootstrap.servers", bootstrap), ("client.id", clientID), ("log.queue", "true"), ("log_level", "4"),
            ("socket.keepalive.enable", "true"), ("security.protocol", security.securityProtocol),
            ("reconnect.backoff.ms", "50"), ("reconnect.backoff.max.ms", "2000"),
            // Every connection attempt is bounded, so that a dead broker is left for a living one.
            ("socket.connection.setup.timeout.ms", "5000"), ("topic.metadata.refresh.interval.ms", "60000"),
        ]
        if let mechanism = security.mechanism { pairs.append(("sasl.mechanism", mechanism)) }
        if let username = security.username { pairs.append(("sasl.username", username)) }
        if let password = security.password { pairs.append(("sasl.password", password)) }
        if let authorities = security.authorities { pairs.append(("ssl.ca.location", authorities)) }
        return pairs
    }

    var fetchPairs: [Pair] {
        [
            ("enable.auto.commit", "false"), ("enable.auto.offset.store", "false"), ("auto.offset.reset", "error"),
            ("enable.partition.eof", "true"), ("check.crcs", checkCRCs ? "true" : "false"),
            ("queued.max.messages.kbytes", "\(prefetch.queueSize)"),
            ("queued.min.messages", "\(prefetch.queueRecords)"),
            ("fetch.message.max.bytes", "\(prefetch.partitionBytes)"), ("fetch.max.bytes", "\(answerBytes)"),
            // librdkafka makes no client whose answers are bounded below it; a larger record comes nevertheless, alone.
            ("message.max.bytes", "\(answerBytes)"),
            ("fetch.wait.max.ms", "\(prefetch.wait)"), ("fetch.error.backoff.ms", "100"),
        ]
    }

    private var answerBytes: Int {
        max(prefetch.answerBytes, overrides["message.max.bytes"].flatMap { Int($0) } ?? 0)
    }

    var groupPairs: [Pair] {
        var pairs: [Pair] = [
            ("group.id", group), ("partition.assignment.strategy", groupProtocol.rawValue),
            ("session.timeout.ms", "\(sessionTimeout)"),
            ("heartbeat.interval.ms", "\(max(100, min(3_000, sessionTimeout / 3)))"),
            ("max.poll.interval.ms", "\(max(maxPollInterval, sessionTimeout))"),
        ]
        if let groupInstanceID { pairs.append(("group.instance.id", groupInstanceID)) }
        return commonPairs + fetchPairs + pairs
    }

    var producerPairs: [Pair] {
        commonPairs + [
            ("enable.idempotence", "true"), ("acks", "all"), ("message.timeout.ms", "\(deliveryTimeout)"),
            // The same partition for a key as the producers of the Java client choose.
            ("partitioner", "murmur2_random"), ("linger.ms", "2"), ("compression.codec", "lz4"),
            // A letter is as large as its record and a little more: its topic decides whether it takes it, not we.
            ("message.max.bytes", "\(Self.recordBytes)"),
        ]
    }

    /// Overrides in a settled order; refuses those that would break a promise.
    func overridePairs() throws(KafkaSettingError) -> [Pair] {
        for name in overrides.keys.sorted() where Self.fixed.contains(name) {
            throw KafkaSettingError(name: name, message: "\(name) can't be overridden: the worker relies on its value")
        }
        return overrides.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }
}

extension KafkaSettings {
    func withOverrides(_ pairs: [Pair]) throws(Fault) -> [Pair] {
        do {
            return pairs + (try overridePairs())
        } catch {
            throw Fault(.kafka, .kafka(name: "_INVALID_ARG", fatal: true), error.description)
        }
    }
}
