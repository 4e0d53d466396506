import FreshetCore

/// The configuration, whole and checked. Times are milliseconds, sizes bytes, shares thousandths.
package struct Settings: Sendable {
    package struct Worker: Hashable, Sendable {
        package var lanes: Int
        package var batchRecords: Int
        package var batchEntities: Int
        package var sliceDocuments: Int
        package var sliceBytes: Int
        package var batchBytes: Int
        package var chunkKeys: Int
        package var commitInterval: Int
        package var shutdownTimeout: Int
        package var idleLook: Int
        package var visibilityDeadline: Int
        package var pendingLimit: Int
        package var backoff: Backoff.Settings
        package var breaker: Breaker.Settings
        package var retry: Retry

        package struct Retry: Hashable, Sendable {
            package var attempts: Int
            /// Milliseconds.
            package var deadline: Int
            package var delay: Int
            package var rounds: Int
        }
    }

    /// A topic that Freshet writes for each topic that it reads.
    package struct SideTopic: Hashable, Sendable {
        package var pattern: String
        package var create: Bool

        package func name(topic: String, group: String) -> String {
            pattern.replacing("{group}", with: group).replacing("{topic}", with: topic)
        }
    }

    package struct Offsets: Hashable, Sendable {
        package var strategies: [RecoveryClass: RecoveryStrategy]
        /// Records; nil: no bound.
        package var lagBound: Int?
        package var rewind: Int
        package var recordRate: Int
        package var rowRate: Int
    }

    package enum LogFormat: String, Sendable, CaseIterable {
        case auto
        case text
        case json
    }

    package enum LogLevel: String, Sendable, CaseIterable {
        case debug
        case info
        case warning
        case error
    }

    package var deployment: String
    /// Path of the graph file.
    package var graph: String
    package var statusFile: String?
    package var kafka: Kafka
    package var redis: Redis
    package var postgres: Postgres
    package var worker: Worker
    package var deadLetterTopic: SideTopic
    package var retryTopic: SideTopic
    /// For topics that have none of their own.
    package var offsets: Offsets
    package var offsetsPerTopic: [String: Offsets]
    /// Thousandths of the applied changes.
    package var samplingRate: Int
    /// Sampled changes per second, and those that wait.
    package var samplesPerSecond: Int
    package var samplesWaiting: Int
    package var logFormat: LogFormat
    package var logLevel: LogLevel
    package var metricsLogInterval: Int
    /// What `doctor` compares with.
    package var longestOutage: Int
    package var clockSkew: Int

    package func offsets(of topic: String) -> Offsets { offsetsPerTopic[topic] ?? offsets }
}
