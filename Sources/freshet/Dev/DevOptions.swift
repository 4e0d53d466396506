/// What the user asked of a run.
struct DevOptions: Sendable {
    /// `HOST:PORT` of a real Kafka; nil: the embedded broker.
    var kafka: String?
    /// Milliseconds that the season is played; nil: to its end.
    var duration: Int64?
    /// Scenes a second.
    var speed: Int64
    var seed: UInt64
}
