import FreshetCore

/// Read models of work that one worker does for all: before each read it says that it is still alive.
final class KeptModels: ReadModels {
    private let models: any ReadModels
    private let keep: () async throws(Fault) -> Void

    init(_ models: any ReadModels, _ keep: @escaping () async throws(Fault) -> Void) {
        self.models = models
        self.keep = keep
    }

    func read(_ queries: [ReadQuery]) async throws(Fault) -> ReadAnswer {
        try await keep()
        return try await models.read(queries)
    }

    func visibility(of transactions: [UInt64]) async throws(Fault) -> Visibility {
        try await models.visibility(of: transactions)
    }

    func running() async throws(Fault) -> RunningTransactions { try await models.running() }

    func position() async throws(Fault) -> (history: History, flushed: UInt64) {
        try await keep()
        return try await models.position()
    }

    func disconnect() { models.disconnect() }
}
