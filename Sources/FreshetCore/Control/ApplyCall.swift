/// One call of the apply script: a chunk of a batch.
///
/// Where `removals` are given, three things are done in this order on one connection: a call of the script that touches
/// their buckets, plain `UNLINK`s, and the call itself. From the first on no older value of theirs gets in; what is
/// there already, the second removes. An invalidation is always safe, so nothing of this needs to be done at
/// once; but only when all of it was answered may a checkpoint pass it, so such a call moves none. In a chain it takes
/// two places: that of the touch and its own.
package struct ApplyCall: Sendable {
    /// The place of a chunk in its batch. Each chunk but the first refuses unless the one before it was applied, so
    /// that a chunk which failed alone can't be passed by the checkpoint. `name` is a partition of the batch: bounded,
    /// and one lane's at a time; `batch` the number of the batch's first ticket, which the slices after it don't share.
    package struct Link: Hashable, Sendable {
        package var name: Partition
        package var batch: Int64
        package var index: Int
        package var isLast: Bool

        package init(name: Partition, batch: Int64, index: Int, isLast: Bool) {
            self.name = name
            self.batch = batch
            self.index = index
            self.isLast = isLast
        }
    }

    package var ticket: Ticket
    package var history: History
    /// nil for a batch of one chunk and for commands that move no checkpoint.
    package var link: Link?
    package var operations: KeyOperations
    /// Keys to invalidate beside the script.
    package var removals = ByteArena()
    /// Buckets that are touched beside those of the operations.
    package var touched = BucketSet()
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

    /// What goes before the removals: it refuses what the call would refuse, and does nothing but touch.
    package var touch: ApplyCall {
        var touch = ApplyCall(ticket: ticket, history: history, invalidateOnly: invalidateOnly)
        touch.touched = BucketSet(removals)
        // In its place before the call: where Redis forgot the touch, the call is refused.
        touch.link = link
        touch.link?.index -= 1
        touch.link?.isLast = false
        return touch
    }

    package var keyCount: Int { operations.count + removals.count }

    /// All buckets that the script touches. Nobody fills an entry of the memory: it is no key that is guarded.
    package var buckets: BucketSet {
        var set = touched
        set.reserve(operations.count)
        for index in 0..<operations.count where operations.timesToLive[index] != KeyOperations.memory {
            set.insert(operations.buckets[index])
        }
        return set
    }
}
