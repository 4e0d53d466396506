/// How a kind's key is written, read and kept.
package struct KeyTemplate: Sendable {
    package enum Piece: Hashable, Sendable {
        /// Prefix, separators and fixed words; already checked for length and control bytes.
        case literal([UInt8])
        /// A part of the id, by its position in `Kind.id`.
        case part(Int)
    }

    /// As declared, without the namespace: `team:{id}`.
    package var source: String
    /// With the namespace's prefix in front.
    package var pieces: [Piece]
    /// Index into `Graph.statements`; nil for a key that is only ever invalidated.
    package var statement: Int?
    /// Milliseconds.
    package var timeToLive: Int64
    /// Thousandths of `timeToLive` by which a write may shorten it, so that keys written together don't expire
    /// together.
    package var jitter: Int
    /// Bytes; a larger value is not written but invalidated, and the record dead-lettered as `value-too-large`.
    package var maxValueSize: Int

    package init(
        source: String, pieces: [Piece], statement: Int?, timeToLive: Int64, jitter: Int, maxValueSize: Int
    ) {
        self.source = source
        self.pieces = pieces
        self.statement = statement
        self.timeToLive = timeToLive
        self.jitter = jitter
        self.maxValueSize = maxValueSize
    }
}
