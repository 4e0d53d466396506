import CommandKit
import FreshetConfig
import FreshetCore
import FreshetWorker
import KafkaLink
import PostgresLink
import RedisLink

/// The configuration in the words of the parts.
extension Settings {
    package var workerSettings: WorkerSettings {
        var result = WorkerSettings(owner: deployment, group: kafka.group)
        result.lanes = worker.lanes
        result.batchRecords = worker.batchRecords
        result.batchEntities = worker.batchEntities
        result.owingEntities = max(1, min(result.owingEntities, worker.pendingLimit / 2))
        result.receiveRecords = min(result.receiveRecords, worker.batchRecords)
        result.emission.keysPerCall = worker.chunkKeys
        result.idleLook = worker.idleLook
        result.commitInterval = worker.commitInterval
        result.shutdownTimeout = worker.shutdownTimeout
        result.backoff = worker.backoff
        result.breaker = worker.breaker
        result.retry = WorkerSettings.Retry(
            attempts: worker.retry.attempts, deadline: worker.retry.deadline, delay: worker.retry.delay,
            rounds: worker.retry.rounds)
        result.sliceDocuments = worker.sliceDocuments
        result.sliceBytes = worker.sliceBytes
        result.batchBytes = worker.batchBytes
        result.visibilityDeadline = worker.visibilityDeadline
        result.recovery = Self.recovery(offsets)
        result.recoveryPerTopic = offsetsPerTopic.mapValues(Self.recovery)
        result.deadLetterTopic = deadLetterTopic.pattern
        result.retryTopic = retryTopic.pattern
        result.version = Version.number
        return result
    }

    private static func recovery(_ offsets: Offsets) -> RecoverySettings {
        RecoverySettings(
            strategies: offsets.strategies, lagBound: offsets.lagBound.map(Int64.init), rewind: Int64(offsets.rewind),
            recordRate: Int64(offsets.recordRate), rowRate: Int64(offsets.rowRate))
    }

    package var samplerSettings: Sampler.Settings {
        var result = Sampler.Settings()
        result.rate = samplesPerSecond
        result.waiting = samplesWaiting
        return result
    }

    package var kafkaSettings: KafkaSettings {
        var result = KafkaSettings(bootstrap: kafka.bootstrap, group: kafka.group)
        result.clientID = kafka.clientID
        result.groupInstanceID = kafka.instanceID
        result.groupProtocol = KafkaSettings.GroupProtocol(rawValue: kafka.assignment) ?? .range
        result.sessionTimeout = kafka.sessionTimeout
        result.maxPollInterval = kafka.maxPollInterval
        result.requestTimeout = kafka.requestTimeout
        result.deliveryTimeout = kafka.deliveryTimeout
        result.prefetch.queueSize = max(1, kafka.prefetchBytes / 1024)
        result.prefetch.queueRecords = kafka.prefetchMessages
        result.security = KafkaSecurity(
            securityProtocol: kafka.security.securityProtocol, mechanism: kafka.security.mechanism,
            username: kafka.security.username, password: kafka.security.password?.reveal(),
            authorities: kafka.security.authorities)
        result.overrides = kafka.settings
        return result
    }

    package var redisSettings: RedisSettings {
        RedisSettings(
            host: redis.host, port: redis.port, username: redis.username, password: redis.password?.reveal(),
            database: redis.database, connectTimeout: redis.connectTimeout, commandTimeout: redis.commandTimeout)
    }

    package var postgresSettings: PostgresSettings {
        let target: PostgresSettings.Target
        switch postgres.location {
        case .url(let url): target = .url(postgres.revealURL() ?? url)
        case .parts(let host, let port, let user, let database):
            target = .parts(
                host: host, port: port, user: user, password: postgres.password?.reveal(), database: database)
        }
        return PostgresSettings(
            target: target, sslMode: postgres.sslMode, sslRootCertificate: postgres.sslRootCertificate,
            connectTimeout: postgres.connectTimeout, statementTimeout: postgres.statementTimeout,
            roundTripTimeout: postgres.roundTripTimeout, searchPath: postgres.searchPath,
            isPipelined: postgres.isPipelined, isPooled: postgres.isPooled)
    }
}
