/// One lane's (or one command's) connection to PostgreSQL, always to a primary.
///
/// Implemented by PostgresLink in pipeline mode, and by the simulator. Calls are made from one thread. After a `Fault`
/// of the connection the next call connects again by itself.
package protocol ReadModels: AnyObject {
    /// Runs all queries in one pipelined round trip, isolated from the errors of each other (where one fails they may
    /// be asked again), each with a snapshot of its own or all with one, after asking which history answers (refused
    /// with `Fault.Code.notPrimary` on a replica).
    func read(_ queries: [ReadQuery]) async throws(Fault) -> ReadAnswer

    /// The same, and what there is to do while the answer isn't there yet.
    func read(_ queries: [ReadQuery], meanwhile: Meanwhile?) async throws(Fault) -> ReadAnswer

    /// Which of these captured transactions are visible to a snapshot taken now, and the snapshot's `xmin`: every
    /// transaction below it is visible or was aborted.
    func visibility(of transactions: [UInt64]) async throws(Fault) -> Visibility

    /// The transactions that run now, with those that a snapshot doesn't list because they are newer than any that has
    /// ended.
    func running() async throws(Fault) -> RunningTransactions

    /// The history, and the flushed WAL position (a lower one than seen before is a new history as well).
    func position() async throws(Fault) -> (history: History, flushed: UInt64)

    /// Drops the connection: the next call looks for the primary anew. For an old primary that still answers.
    func disconnect()
}

extension ReadModels {
    package func read(_ queries: [ReadQuery], meanwhile: Meanwhile?) async throws(Fault) -> ReadAnswer {
        try await read(queries)
    }
}

package struct Visibility: Hashable, Sendable {
    /// Whose transactions these are: another one after a failover hands out ids of lost transactions again.
    package var history: History
    package var xmin: UInt64
    /// One more than the newest transaction that had ended when the snapshot was taken: newer ones may be running.
    package var xmax: UInt64
    /// In the order asked.
    package var visible: [Bool]

    package init(history: History, xmin: UInt64, xmax: UInt64, visible: [Bool]) {
        self.history = history
        self.xmin = xmin
        self.xmax = xmax
        self.visible = visible
    }
}

package struct RunningTransactions: Hashable, Sendable {
    package var history: History
    /// Of a snapshot that was taken just before.
    package var xmax: UInt64
    /// Whole ids.
    package var ids: Set<UInt64>

    package init(history: History, xmax: UInt64, ids: Set<UInt64>) {
        self.history = history
        self.xmax = xmax
        self.ids = ids
    }

    /// When a snapshot's `xmin` has reached it, all of these have ended.
    package var end: UInt64 { max(xmax, (ids.max() ?? 0) + 1) }
}

/// A statement of the graph with the ids that it is asked for.
package struct ReadQuery: Sendable {
    /// Index into `Graph.statements`.
    package var statement: Int
    /// One column per part of the id; all of the same length.
    package var parts: [IDColumn]

    package init(statement: Int, parts: [IDColumn]) {
        self.statement = statement
        self.parts = parts
    }
}

package enum IDColumn: Sendable {
    case bigint([Int64])
    /// Sixteen bytes each, as (high, low).
    case uuid([UUIDBits])
    case text(ByteArena)

    package var count: Int {
        switch self {
        case .bigint(let ids): ids.count
        case .uuid(let ids): ids.count
        case .text(let ids): ids.count
        }
    }
}

package struct UUIDBits: Hashable, Sendable {
    package var high: UInt64
    package var low: UInt64

    package init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }
}

package struct ReadAnswer: Sendable {
    package var history: History
    /// In the order of the queries.
    package var results: [Result<Rows, Fault>]

    package init(history: History, results: [Result<Rows, Fault>]) {
        self.history = history
        self.results = results
    }
}

/// A result, by columns. Ids come as ids, everything else as the text that PostgreSQL prints.
package struct Rows: Sendable {
    package enum Column: Sendable {
        case bigint([Int64], nulls: [Bool])
        case uuid([UUIDBits], nulls: [Bool])
        case text(ByteArena, nulls: [Bool])
    }

    package var count: Int
    package var columns: [Column]

    package init(count: Int, columns: [Column]) {
        self.count = count
        self.columns = columns
    }
}
