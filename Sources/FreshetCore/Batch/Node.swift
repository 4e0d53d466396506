/// An entity of a plan: changed by an event, or reached by a cascade.
///
/// 24 bytes: a batch may hold hundreds of thousands, each event looks one up at random, and most of that time is
/// waiting for memory. What few of them have, or few ask for, stands elsewhere: versions and origins in `Plan`,
/// documents in `CascadeWalk`.
package struct Node: Hashable, Sendable {
    package static let noVersion = Int64.min

    private let high: UInt64
    private let low: UInt64
    /// The changed node whose cascade reached this one first; itself if it changed.
    package var root: Int32 = -1
    private let kind: KindIndex
    private var marks: UInt16 = Mark.hasEveryImage.rawValue

    package init(_ ref: EntityRef) {
        (kind, high, low) = (ref.kind, ref.high, ref.low)
    }

    @inline(__always) package var ref: EntityRef { EntityRef(kind: kind, high: high, low: low) }

    @inline(__always) package func stands(for ref: EntityRef) -> Bool {
        low == ref.low && high == ref.high && kind == ref.kind
    }

    private enum Mark: UInt16 {
        case isChanged = 1
        case isDeleted = 2
        case stops = 4
        case isExpanded = 8
        case isEmitted = 16
        case isRejected = 32
        case isGated = 64
        case hasEveryImage = 128
        case hasSeveralVersions = 256
        case isReread = 512
    }

    @inline(__always) private subscript(mark: Mark) -> Bool {
        get { marks & mark.rawValue != 0 }
        set { marks = newValue ? marks | mark.rawValue : marks & ~mark.rawValue }
    }

    /// An event of the batch names it.
    package var isChanged: Bool {
        get { self[.isChanged] }
        set { self[.isChanged] = newValue }
    }
    /// The event with the highest version (or, without versions, the last one) says that it is gone.
    package var isDeleted: Bool {
        get { self[.isDeleted] }
        set { self[.isDeleted] = newValue }
    }
    /// Reached only by edges that stop the cascade.
    package var stops: Bool {
        get { self[.stops] }
        set { self[.stops] = newValue }
    }
    /// Its edges were already followed.
    package var isExpanded: Bool {
        get { self[.isExpanded] }
        set { self[.isExpanded] = newValue }
    }
    /// Its keys already stand in a call.
    package var isEmitted: Bool {
        get { self[.isEmitted] }
        set { self[.isEmitted] = newValue }
    }
    /// Its read failed for a reason of its own: only invalidate it.
    package var isRejected: Bool {
        get { self[.isRejected] }
        set { self[.isRejected] = newValue }
    }
    /// The read model doesn't contain the change yet: only invalidate it, and come back.
    package var isGated: Bool {
        get { self[.isGated] }
        set { self[.isGated] = newValue }
    }
    /// Every event of the batch about it carried the image before its change.
    package var hasEveryImage: Bool {
        get { self[.hasEveryImage] }
        set { self[.hasEveryImage] = newValue }
    }
    /// Events of the batch name several versions of it, or one names none.
    package var hasSeveralVersions: Bool {
        get { self[.hasSeveralVersions] }
        set { self[.hasSeveralVersions] = newValue }
    }
    /// A fence refused its write: it is read once more, and its edges are not followed again.
    package var isReread: Bool {
        get { self[.isReread] }
        set { self[.isReread] = newValue }
    }

    /// An event says so. `index`: its own place, where it is new. `highest`: of the versions before.
    @inline(__always)
    mutating func note(_ change: Change, _ index: Int?, highest: Int64) {
        let version = change.version ?? Node.noVersion
        if let index {
            isChanged = true
            root = Int32(truncatingIfNeeded: index)
        }
        if change.version == nil || (index == nil && version != highest) { hasSeveralVersions = true }
        // Without versions the last event says whether the entity is gone; the row has the last word anyway.
        if version >= highest { isDeleted = change.operation == .delete }
        if !change.hasImageBefore { hasEveryImage = false }
    }
}
