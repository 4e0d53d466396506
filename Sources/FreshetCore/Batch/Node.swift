/// An entity of a plan: changed by an event, or reached by a cascade.
package struct Node: Hashable, Sendable {
    package static let noVersion = Int64.min

    package var ref: EntityRef
    /// The highest version that an event of the batch gives for it.
    package var version = Node.noVersion
    /// The version of the row that was read.
    package var rowVersion = Node.noVersion
    /// The changed node whose cascade reached this one first; itself if it changed.
    package var root: Int32 = -1
    /// The node that it was reached from, and the edge; -1 if it changed.
    package var parent: Int32 = -1
    package var edge: Int32 = -1
    /// Where its documents stand in `Plan.documents`, one per key template; -1: not asked for.
    package var documents: Int32 = -1
    /// An event of the batch names it.
    package var isChanged = false
    /// The event with the highest version (or, without versions, the last one) says that it is gone.
    package var isDeleted = false
    /// Reached only by edges that stop the cascade.
    package var stops = false
    /// Its edges were already followed.
    package var isExpanded = false
    /// Its keys already stand in a script call.
    package var isEmitted = false
    /// Its read failed for a reason of its own: only invalidate it.
    package var isRejected = false
    /// The read model doesn't contain the change yet: only invalidate it, and come back.
    package var isGated = false

    /// Every event of the batch about it carried the image before its change.
    package var hasEveryImage = true
    /// Events of the batch name several versions of it, or one names none.
    package var hasSeveralVersions = false
    /// A fence refused its write: it is read once more, and its edges are not followed again.
    package var isReread = false

    package init(_ ref: EntityRef) { self.ref = ref }
}
