import FreshetCore

/// A connection to the played PostgreSQL: it stays with the server that it found until it is dropped.
final class SimModels: ReadModels {
    private let world: SimWorld
    private let process: SimProcess
    private let slowness: Int
    private var server: Int?

    init(_ world: SimWorld, _ process: SimProcess, lane: Int) {
        self.world = world
        self.process = process
        slowness = lane < process.slowness.count ? process.slowness[lane] : 1
    }

    func disconnect() { server = nil }

    private func way() async throws(Fault) -> Int {
        guard process.isAlive else { throw SimProcess.dead }
        await world.time.sleep(world.latency(slowness), in: process)
        guard process.isAlive else { throw SimProcess.dead }
        let connected = server ?? world.database.primary
        server = connected
        guard world.database.isUp(connected) else {
            server = nil
            throw Fault(.postgres, .connectionLost, "PostgreSQL is away")
        }
        return connected
    }

    func read(_ queries: [ReadQuery]) async throws(Fault) -> ReadAnswer {
        try await read(queries, meanwhile: nil)
    }

    func read(_ queries: [ReadQuery], meanwhile: Meanwhile?) async throws(Fault) -> ReadAnswer {
        var results: [Result<Rows, Fault>] = []
        var meanwhile = meanwhile
        for query in queries {
            if let now = meanwhile, world.time.chance(30), await !now.act() { meanwhile = nil }
            // Each statement has a snapshot of its own.
            let server = try await way()
            guard !Self.isRejected(query) else {
                results.append(.failure(Fault(.postgres, .sqlState("22003"), "this id is out of range")))
                continue
            }
            results.append(.success(answer(query, world.database.rows(server))))
        }
        let server = try await way()
        return ReadAnswer(history: world.database.history(server), results: results)
    }

    func visibility(of transactions: [UInt64]) async throws(Fault) -> Visibility {
        let server = try await way()
        return Visibility(
            history: world.database.history(server), xmin: world.database.xmin(server),
            xmax: world.database.xmax(server),
            visible: transactions.map { world.database.isVisible($0, server) })
    }

    func running() async throws(Fault) -> RunningTransactions {
        let server = try await way()
        return RunningTransactions(
            history: world.database.history(server), xmax: world.database.xmax(server),
            ids: world.database.running(server))
    }

    func position() async throws(Fault) -> (history: History, flushed: UInt64) {
        let server = try await way()
        return (world.database.history(server), world.database.flushed(server))
    }

    private static func isRejected(_ query: ReadQuery) -> Bool {
        guard case .bigint(let ids) = query.parts[0] else { return false }
        return ids.contains(SimGraph.rejectedID)
    }

    private func answer(_ query: ReadQuery, _ rows: SimRows) -> Rows {
        guard case .bigint(let ids) = query.parts[0] else { return Rows(count: 0, columns: []) }
        switch query.statement {
        case SimGraph.StatementNumber.match:
            return documents(ids, { rows.childDocument($0) }, { rows.children[$0]?.version })
        case SimGraph.StatementNumber.league:
            return documents(ids, { rows.parentDocument($0) }, { rows.parents[$0] })
        case SimGraph.StatementNumber.table:
            return documents(ids, { rows.tableDocument($0, process.generation) }, { _ in 0 })
        case SimGraph.StatementNumber.matchToTable:
            return pairs(ids.compactMap { id in rows.children[id].map { (id, $0.parent) } })
        case SimGraph.StatementNumber.leagueToMatch:
            return pairs(
                ids.flatMap { id in
                    rows.children.filter { $0.value.parent == id }.keys.sorted().map { (id, $0) }
                })
        default:
            return pairs(ids.compactMap { rows.parents[$0] == nil ? nil : ($0, $0) })
        }
    }

    private func documents(_ ids: [Int64], _ text: (Int64) -> String?, _ version: (Int64) -> Int64?) -> Rows {
        var found: [Int64] = []
        var texts = ByteArena()
        var versions: [Int64] = []
        for id in ids {
            guard let document = text(id) else { continue }
            found.append(id)
            texts.append(document.utf8)
            versions.append(version(id) ?? 0)
        }
        let nulls = Array(repeating: false, count: found.count)
        return Rows(
            count: found.count,
            columns: [.bigint(found, nulls: nulls), .text(texts, nulls: nulls), .bigint(versions, nulls: nulls)])
    }

    private func pairs(_ pairs: [(Int64, Int64)]) -> Rows {
        let nulls = Array(repeating: false, count: pairs.count)
        return Rows(
            count: pairs.count,
            columns: [.bigint(pairs.map(\.0), nulls: nulls), .bigint(pairs.map(\.1), nulls: nulls)])
    }
}
