import FreshetCore

/// Makes what lanes and coordinator stand on. Each lane calls from its own thread and keeps what it gets to itself.
package protocol WorkerParts: Sendable {
    func laneParts(_ lane: Int) throws(Fault) -> LaneParts
    func coordinatorParts() throws(Fault) -> CoordinatorParts
    /// Runs a lane on a thread (or a scheduler) of its own.
    func spawn(_ name: String, _ body: @escaping @Sendable () async -> Void)
}

package struct LaneParts {
    package var log: any LaneLog
    package var cache: any CacheStore
    package var models: any ReadModels
    package var decoder: any Decoder
    package var letters: any LetterBox
    /// nil: nothing is sampled.
    package var samples: SampleFeed?

    package init(
        log: any LaneLog, cache: any CacheStore, models: any ReadModels, decoder: any Decoder, letters: any LetterBox,
        samples: SampleFeed? = nil
    ) {
        self.log = log
        self.cache = cache
        self.models = models
        self.decoder = decoder
        self.letters = letters
        self.samples = samples
    }
}

package struct CoordinatorParts {
    package var group: any GroupLog
    package var cache: any CacheStore
    package var models: any ReadModels
    /// Opens the rows of a statement that takes no ids, on a connection of its own.
    package var stream: (_ statement: Int) throws(Fault) -> any RowStream
    /// How many rows such a statement has, as the planner guesses.
    package var rows: (_ statement: Int) throws(Fault) -> Int64

    package init(
        group: any GroupLog, cache: any CacheStore, models: any ReadModels,
        stream: @escaping (_ statement: Int) throws(Fault) -> any RowStream,
        rows: @escaping (_ statement: Int) throws(Fault) -> Int64
    ) {
        self.rows = rows
        self.group = group
        self.cache = cache
        self.models = models
        self.stream = stream
    }
}
