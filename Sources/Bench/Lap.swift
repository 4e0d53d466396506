/// What one measurement of one round came to.
package struct Lap: Sendable {
    package var units: Int
    package var seconds: Double
    /// CPU seconds: of the measured program, of Redis, of PostgreSQL and of the broker.
    package var worker: Double
    package var redis: Double
    package var postgres: Double
    package var broker: Double
    /// MiB; of the product only, of the largest of its processes.
    package var memory: Double?
    /// Writes that a fence refused, as a part of all keys; of the product only.
    package var refused: Double?

    package init(
        units: Int, seconds: Double, worker: Double, redis: Double, postgres: Double, broker: Double = 0,
        memory: Double? = nil
    ) {
        self.units = units
        self.seconds = seconds
        self.worker = worker
        self.redis = redis
        self.postgres = postgres
        self.broker = broker
        self.memory = memory
    }

    init(units: Int, seconds: Double, worker: Double, servers: ServerTimes) {
        self.init(
            units: units, seconds: seconds, worker: worker, redis: servers.redis, postgres: servers.postgres,
            broker: servers.broker)
    }

    package var rate: Double { Double(units) / max(seconds, 1e-9) }

    func perMillion(_ seconds: Double) -> Double { seconds / Double(max(1, units)) * 1e6 }

    /// Two of the same kind, one after the other.
    static func + (a: Lap, b: Lap) -> Lap {
        Lap(
            units: a.units + b.units, seconds: a.seconds + b.seconds, worker: a.worker + b.worker,
            redis: a.redis + b.redis, postgres: a.postgres + b.postgres, broker: a.broker + b.broker)
    }
}
