import FreshetCore

/// Read models that are asked only so often: for every class of work that must not starve another.
package final class PacedModels: ReadModels {
    private let models: any ReadModels
    private let pace: ReadPace

    package init(_ models: any ReadModels, _ pace: ReadPace) {
        self.models = models
        self.pace = pace
    }

    package func read(_ queries: [ReadQuery]) async throws(Fault) -> ReadAnswer {
        await pace.wait(queries: queries.count)
        let answer = try await models.read(queries)
        for case .success(let rows) in answer.results { pace.took(rows: rows.count) }
        return answer
    }

    // Questions about the server itself cost next to nothing, and a ticket's order hangs on some of them.

    package func visibility(of transactions: [UInt64]) async throws(Fault) -> Visibility {
        try await models.visibility(of: transactions)
    }

    package func running() async throws(Fault) -> RunningTransactions { try await models.running() }

    package func position() async throws(Fault) -> (history: History, flushed: UInt64) { try await models.position() }

    package func disconnect() { models.disconnect() }
}
