import FreshetCore

/// How many documents are read at a time, by what those before them weighed: all of a slice are in memory together,
/// from PostgreSQL's answer until Redis has them.
package struct DocumentEstimate {
    /// Documents from which on an answer says something about others.
    private static let enough = 64
    /// Of one document; before the first ones, a guess.
    package private(set) var bytes = 4_096

    package init() {}

    package mutating func note(bytes: Int, documents: Int, _ settings: WorkerSettings) {
        if documents >= min(Self.enough, slice(settings)) { self.bytes = max(1, bytes / documents) }
    }

    /// The documents of a slice.
    package func slice(_ settings: WorkerSettings) -> Int {
        min(settings.sliceDocuments, max(1, settings.sliceBytes / bytes))
    }
}
