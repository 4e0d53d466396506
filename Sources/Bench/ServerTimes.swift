/// CPU seconds that the servers have used.
struct ServerTimes {
    var redis: Double
    var postgres: Double
    /// 0 where the broker is somebody else's.
    var broker: Double

    static func - (a: ServerTimes, b: ServerTimes) -> ServerTimes {
        ServerTimes(redis: a.redis - b.redis, postgres: a.postgres - b.postgres, broker: a.broker - b.broker)
    }
}
