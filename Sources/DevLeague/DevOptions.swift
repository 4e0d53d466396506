/// What the user asked of a run.
package struct DevOptions: Sendable {
    /// `HOST:PORT` of a real Kafka; nil: the embedded broker.
    package var kafka: String?
    /// Milliseconds that the season is played; nil: to its end.
    package var duration: Int64?
    /// Scenes a second.
    package var speed: Int64
    package var seed: UInt64

    package init(kafka: String?, duration: Int64?, speed: Int64, seed: UInt64) {
        self.kafka = kafka
        self.duration = duration
        self.speed = speed
        self.seed = seed
    }
}
