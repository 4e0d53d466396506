/// Bytes → changes. Implemented by FreshetEvents; one decoder per lane, so it may keep scratch memory.
package protocol Decoder: AnyObject {
    /// Decodes record `index` of `batch`, which came from `topic` (an index into `Graph.topics`).
    ///
    /// On `.changes`, `buffer.changes` holds them. Any bytes whatsoever give one of the three answers: never a trap,
    /// unbounded memory or recursion.
    func decode(_ batch: RecordBatch, _ index: Int, topic: Int, into buffer: inout ChangeBuffer) -> Decoded
}

package enum Decoded: Sendable {
    case changes
    /// The graph says nothing about it (unknown type on an `unknown: ignore` topic, a heartbeat, …).
    case ignored
    case rejected(Rejection)
}
