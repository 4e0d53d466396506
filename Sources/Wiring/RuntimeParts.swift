import FreshetCore
import FreshetEvents
import FreshetWorker
import KafkaLink
import Synchronization
import Telemetry

/// Real parts: each lane gets connections, a decoder and a producer of its own.
package final class RuntimeParts: WorkerParts {
    private let deployment: Deployment
    private let log: Log
    private let samples: SampleMailbox
    private let surroundings: any Surroundings
    private let lanes = Mutex<[KafkaLaneLog]>([])

    package init(
        _ deployment: Deployment, log: Log, samples: SampleMailbox, surroundings: any Surroundings
    ) {
        self.deployment = deployment
        self.surroundings = surroundings
        self.log = log
        self.samples = samples
    }

    /// Comes first: the lanes' queues belong to the group's client.
    package func coordinatorParts() throws(Fault) -> CoordinatorParts {
        let group = try KafkaGroup(
            deployment.settings.kafkaSettings, topics: deployment.consumedTopics,
            lanes: deployment.settings.workerSettings.allLanes, log: { [log] in Self.say($0, log) })
        let queues = group.lanes
        lanes.withLock { $0 = queues }
        return CoordinatorParts(
            group: group, cache: deployment.cache(), models: deployment.models(),
            stream: { [deployment] statement in deployment.stream(statement) },
            rows: { [deployment] statement throws(Fault) in try deployment.rows(of: statement) })
    }

    package func laneParts(_ lane: Int) throws(Fault) -> LaneParts {
        let queue = lanes.withLock { lanes in lanes.indices.contains(lane) ? lanes[lane] : nil }
        guard let queue else {
            throw Fault(.kafka, .kafka(name: "_STATE", fatal: true), "lane \(lane) has no queue: the group isn't there")
        }
        let bulkhead: Bulkhead = lane < deployment.settings.worker.lanes ? .live : .retry
        return LaneParts(
            log: queue, cache: deployment.cache(), models: deployment.models(bulkhead, surroundings),
            decoder: EventDecoder(graph: deployment.graph.graph),
            letters: KafkaLetterBox(deployment.settings.kafkaSettings, log: { [log] in Self.say($0, log) }),
            samples: feed())
    }

    private func feed() -> SampleFeed? {
        let rate = deployment.settings.samplingRate
        return rate > 0 ? SampleFeed(samples, thousandths: rate, seed: .random(in: 0 ... .max)) : nil
    }

    package func spawn(_ name: String, _ body: @escaping @Sendable () async -> Void) { LaneThread.start(name, body) }

    /// librdkafka's own words, as it ranks them.
    private static func say(_ line: KafkaLogLine, _ log: Log) {
        let fields: LogFields = [
            "dependency": "kafka", "facility": .string(line.facility), "message": .string(line.text),
        ]
        switch line.level {
        case ...3: log.warning(.dependencyFault, fields)
        case 4: log.info(.dependencyFault, fields)
        default: log.debug(.dependencyFault, fields)
        }
    }
}
