import CRdkafka

/// Makes librdkafka fetch again as soon as a lane's queue has room.
///
/// Once a queue is over its bound, librdkafka 2.0.2 stops fetching and looks again only when its broker thread wakes
/// up, up to a second later: measured with a queue of 16 MiB, a lane that could carry 800,000 records a second got
/// 156,000. (`fetch.queue.backoff.ms`, which would shorten that, came in a later version.) Of all calls only one wakes
/// the broker threads and does nothing else: setting the credentials, here to what they are.
struct FetchNudge: Sendable {
    private let handle: KafkaHandle
    private let username: String
    private let password: String
    private let queueBytes: Int
    private let queueRecords: Int
    /// The queue was so full that librdkafka may have stopped fetching.
    private var isArmed = false

    init(_ handle: KafkaHandle, pairs: [KafkaSettings.Pair]) {
        func last(_ name: String) -> String? { pairs.last { $0.name == name }?.value }
        self.handle = handle
        username = last("sasl.username") ?? ""
        password = last("sasl.password") ?? ""
        queueBytes = (last("queued.max.messages.kbytes").flatMap { Int($0) } ?? 65_536) * 1_024
        queueRecords = last("queued.min.messages").flatMap { Int($0) } ?? 100_000
    }

    /// After a drain that took `count` records of `bytes` and left `remaining` in the queue.
    mutating func drained(count: Int, bytes: Int, remaining: Int) {
        let size = max(1, bytes / max(1, count))
        let before = count + remaining
        if before * 4 >= queueRecords || before * size * 4 >= queueBytes { isArmed = true }
        guard isArmed, remaining * 2 < queueRecords, remaining * size * 2 < queueBytes else { return }
        isArmed = false
        wake()
    }

    /// Broker threads look at once at what there is to fetch.
    func wake() {
        if let error = rd_kafka_sasl_set_credentials(handle.pointer, username, password) {
            rd_kafka_error_destroy(error)
        }
    }
}
