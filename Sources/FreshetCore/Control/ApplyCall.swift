/// One call of the apply script: a chunk of a batch.
package struct ApplyCall: Sendable {
    /// The place of a chunk in its batch. Each chunk but the first refuses unless the one before it was applied, so
    /// that a chunk which failed alone can't be passed by the checkpoint. `name` is a partition of the batch: bounded,
    /// and one lane's at a time.
    package struct Link: Hashable, Sendable {
        package var name: Partition
        package var index: Int
        package var isLast: Bool

        package init(name: Partition, index: Int, isLast: Bool) {
            self.name = name
            self.index = index
            self.isLast = isLast
        }
    }

    package var ticket: Ticket
    package var history: History
    /// nil for a batch of one chunk and for commands that move no checkpoint.
    package var link: Link?
    package var operations: KeyOperations
    /// With the last chunk only.
    package var moves: [CheckpointMove]
    package var pendingAdded: [Pending]
    package var pendingRemoved: [String]
    /// Redis is full: writes become invalidations, in the script that is allowed to run then.
    package var invalidateOnly: Bool

    package init(
        ticket: Ticket, history: History, link: Link? = nil, operations: KeyOperations = KeyOperations(),
        moves: [CheckpointMove] = [], pendingAdded: [Pending] = [], pendingRemoved: [String] = [],
        invalidateOnly: Bool = false
    ) {
        self.ticket = ticket
        // A set-back that was noticed after the ticket was taken may have come after the read: that is an old read.
        self.history = history.counted(like: ticket.history)
        self.link = link
        self.operations = operations
        self.moves = moves
        self.pendingAdded = pendingAdded
        self.pendingRemoved = pendingRemoved
        self.invalidateOnly = invalidateOnly
    }
}
