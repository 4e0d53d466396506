/// What one measurement of one round came to.
package struct Lap: Sendable {
    package var units: Int
    package var seconds: Double
    /// CPU seconds: of the measured program, of Redis and of PostgreSQL.
    package var worker: Double
    package var redis: Double
    package var postgres: Double
    /// MiB; of the product only.
    package var memory: Double?

    package init(
        units: Int, seconds: Double, worker: Double, redis: Double, postgres: Double, memory: Double? = nil
    ) {
        self.units = units
        self.seconds = seconds
        self.worker = worker
        self.redis = redis
        self.postgres = postgres
        self.memory = memory
    }

    package var rate: Double { Double(units) / max(seconds, 1e-9) }

    func perMillion(_ seconds: Double) -> Double { seconds / Double(max(1, units)) * 1e6 }
}
