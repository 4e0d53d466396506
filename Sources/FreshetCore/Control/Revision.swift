/// What recovery does to the control record: the only way, beside `offsets reset`, to set a checkpoint freely.
///
/// One script call, all or nothing. It is refused (`Refusal.process`, `.incarnation`) unless process and incarnation
/// are still the ones that recovery looked at.
package struct Revision: Hashable, Sendable {
    package var process: String
    package var incarnation: String
    /// Raises the floor to at least this ticket.
    package var floor: Int64?
    /// The floor that was looked at: where it has risen since, nothing is done. It rises whenever another graph takes
    /// over, so what is written down for a graph is true of what was looked at.
    package var seenFloor: Int64?
    /// Entries of the memory count from this ticket on.
    package var memory: Int64?
    /// Kinds that were invalidated whole, by name, and with which ticket.
    package var swept: [String: Int64]
    /// What people on call say of the breakers.
    package var orders: [Dependency: Breaker.Order]
    /// Takes a mark (the rebuild's, or a memory's) for `holder`, with this lease and body; answers `false` while
    /// another holder's lease is good.
    package var takeMark: TakeMark?
    /// Removes the mark if `holder` still has it; answers `false` otherwise.
    package var releaseMark: ReleaseMark?
    /// The record's history becomes this one, if it is newer (or `force` says that the migration is declared).
    package var history: History?
    package var forceHistory: Bool
    /// How far PostgreSQL was seen; raised where the history is the record's.
    package var flushed: Flushed?
    /// Sets these checkpoints as they are (counts are kept from the stored one where there is one).
    package var checkpoints: [Partition: Checkpoint]
    /// Of the checkpoints that are set, the offsets at which they were seen, -1 for none: where one has moved since,
    /// nothing is done. A worker that was stopped in the middle of a recovery would otherwise put a checkpoint back
    /// that others have moved on, and what they counted would be counted again.
    package var seen: [Partition: Int64]
    /// Sets these kinds' fingerprints; an empty one takes the kind away.
    package var fingerprints: [String: String]
    /// What was committed to Kafka, kept beside the checkpoint.
    package var committed: [Partition: Int64]
    /// Writes notes, by name: what workers and commands have to tell each other. An empty text removes one.
    package var notes: [String: Note]

    package struct Note: Hashable, Sendable {
        /// Where another text stands now, this note is left as it is; nil: whatever stands there.
        package var expected: String?
        package var text: String

        package init(_ text: String, expected: String? = nil) {
            self.text = text
            self.expected = expected
        }
    }

    /// What a worker does for all of them, so that it is done once.
    package static let rebuild = "rebuilding"

    /// Which graph works with the cache; its holders are graphs.
    package static let graph = "graph"

    package struct Flushed: Hashable, Sendable {
        package var history: History
        package var position: UInt64

        package init(history: History, position: UInt64) {
            self.history = history
            self.position = position
        }

        package var description: String { "\(history) \(position)" }
    }

    package struct ReleaseMark: Hashable, Sendable {
        package var name: String
        package var holder: String

        package init(name: String = Revision.rebuild, holder: String) {
            self.name = name
            self.holder = holder
        }
    }

    package struct TakeMark: Hashable, Sendable {
        package var name: String
        package var holder: String
        package var leaseMilliseconds: Int64
        package var body: [UInt8]
        /// Whoever else's lease is good.
        package var seizes: Bool

        package init(
            name: String = Revision.rebuild, holder: String, leaseMilliseconds: Int64, body: [UInt8],
            seizes: Bool = false
        ) {
            self.name = name
            self.holder = holder
            self.leaseMilliseconds = leaseMilliseconds
            self.body = body
            self.seizes = seizes
        }
    }

    /// Whether it says what only the graph that works with the cache may say.
    package var isGraphs: Bool { !checkpoints.isEmpty || !fingerprints.isEmpty }

    /// Whether recovery has anything to write down with it.
    package var changesAnything: Bool {
        !checkpoints.isEmpty || !committed.isEmpty || !notes.isEmpty || history != nil
    }

    package init(process: String, incarnation: String) {
        self.process = process
        self.incarnation = incarnation
        self.forceHistory = false
        self.checkpoints = [:]
        self.seen = [:]
        self.fingerprints = [:]
        self.swept = [:]
        self.orders = [:]
        self.committed = [:]
        self.notes = [:]
    }
}

package enum RevisionReply: Hashable, Sendable {
    case done
    /// Another holder's lease on the rebuild's mark is still good, or the mark is no longer ours.
    case markHeld
    case refused(Refusal)
    /// The floor or a checkpoint is no longer where it was seen.
    case overtaken
}
