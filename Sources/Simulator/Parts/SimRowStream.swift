import FreshetCore

/// All pairs of an edge, from one snapshot of the played PostgreSQL, a few at a time.
final class SimRowStream: RowStream {
    private let world: SimWorld
    private let process: SimProcess
    private let statement: Int
    private var server: Int?
    private var pairs: [(Int64, Int64)]?
    private static let pageRows = 3

    init(_ world: SimWorld, _ process: SimProcess, _ statement: Int) {
        self.world = world
        self.process = process
        self.statement = statement
    }

    func close() {}

    func history() async throws(Fault) -> History { world.database.history(try await open()) }

    func next() async throws(Fault) -> Rows? {
        _ = try await open()
        guard let left = pairs, !left.isEmpty else { return nil }
        pairs = Array(left.dropFirst(Self.pageRows))
        let page = left.prefix(Self.pageRows)
        let nulls = Array(repeating: false, count: page.count)
        return Rows(
            count: page.count,
            columns: [.bigint(page.map(\.0), nulls: nulls), .bigint(page.map(\.1), nulls: nulls)])
    }

    /// The snapshot is taken by the first question; the server may go away after each.
    private func open() async throws(Fault) -> Int {
        guard process.isAlive else { throw SimProcess.dead }
        await world.time.sleep(world.latency(1), in: process)
        guard process.isAlive else { throw SimProcess.dead }
        let connected = server ?? world.database.primary
        guard world.database.isUp(connected) else { throw Fault(.postgres, .connectionLost, "PostgreSQL is away") }
        if pairs == nil {
            let rows = world.database.rows(connected)
            pairs = rows.children.sorted { $0.key < $1.key }.map { ($0.key, $0.value.parent) }
        }
        server = connected
        return connected
    }
}
