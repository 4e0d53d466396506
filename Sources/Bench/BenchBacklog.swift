/// Events that wait in a topic of their own.
struct BenchBacklog: Hashable, Sendable {
    var events: Int
    /// Entities that they name, in turns: 1 to so many.
    var entities: Int
    var partitions: Int

    var topic: String { "bench-\(events)-\(entities)-\(partitions)" }
}
