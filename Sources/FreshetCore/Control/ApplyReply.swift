/// What the apply script answered to one call.
package enum ApplyReply: Hashable, Sendable {
    /// Everything was done. `refused` lists the writes (by their index in the call) that a fence refused: each became
    /// an invalidation in the same call, and its key must be read again with a new ticket.
    case applied(refused: [Int])
    /// The keys were touched and pending entries changed, but another worker has moved these partitions in between:
    /// their checkpoint was not moved, and the counts must be made again from the stored offset.
    case overlap(refused: [Int], stored: [Partition: Int64])
    /// Nothing was done.
    case refused(Refusal)
    /// Redis answered this call with an error; nothing after the touch was done, and it may stand in the log.
    case failed(Fault)
}

/// Why the script did nothing. All of them mean: look at the control record, recover if needed, take a new ticket.
package enum Refusal: Hashable, Sendable {
    /// The Redis process is not the ticket's: a restart or a failover.
    case process
    /// No control record, or another incarnation: Redis lost its memory.
    case incarnation
    /// The ticket is below the floor: the whole cache was invalidated after it was taken. A new ticket is enough.
    case floor
    /// The batch was read in an older history than the record knows: from an old primary.
    case olderHistory
    /// The batch was read in a newer history than the record, or the named partition's checkpoint, has recovered to.
    case newerHistory
    /// The stored checkpoint of this partition is missing or below `from`: effects before it were lost.
    case gap(Partition)
    /// The chunk before this one was not applied.
    case chain
    /// The pending part is full: the bound is `pendingLimit`.
    case pendingFull
}
