import FreshetCore

/// The control record's log of recent touches, by the rules of `apply.lua`.
package struct TouchLog: Hashable, Sendable {
    package struct Touch: Hashable, Sendable {
        package var ticket: Int64
        /// The newest ticket of all touches up to this one.
        package var newest: Int64
        package var buckets: BucketSet

        package init(ticket: Int64, newest: Int64, buckets: BucketSet) {
            self.ticket = ticket
            self.newest = newest
            self.buckets = buckets
        }
    }

    /// Where the oldest of `touches` stands.
    package private(set) var first: Int64 = 0
    package private(set) var touches: [Touch] = []
    package private(set) var bytes = 0
    package private(set) var newest: Int64
    /// Older tickets may write nothing: what has left the log may hold any bucket.
    package var common: Int64

    /// `ticket` is the newest one that was handed out before there was a log.
    package init(ticket: Int64 = 0) {
        newest = ticket
        common = ticket
    }

    /// Where the next touch will stand.
    package var next: Int64 { first + Int64(touches.count) }

    package func refuses(_ ticket: Int64, _ bucket: UInt16) -> Bool {
        if ticket < common { return true }
        for touch in touches.reversed() {
            if touch.newest <= ticket { return false }
            if touch.ticket > ticket && touch.buckets.contains(bucket) { return true }
        }
        return false
    }

    package func isUntouched(_ bucket: UInt16, since place: Int64) -> Bool {
        guard place >= first && place <= next else { return false }
        return !touches[Int(place - first)...].contains { $0.buckets.contains(bucket) }
    }

    package mutating func append(_ buckets: BucketSet, _ ticket: Int64, bounds: TouchBounds) {
        guard !buckets.isEmpty else { return }
        bytes += buckets.bytes.count
        var left = 0
        while left < touches.count, touches.count - left >= bounds.entries || bytes > bounds.bytes {
            common = max(common, touches[left].newest)
            bytes -= touches[left].buckets.bytes.count
            left += 1
        }
        touches.removeFirst(left)
        first += Int64(left)
        newest = max(newest, ticket)
        touches.append(Touch(ticket: ticket, newest: newest, buckets: buckets))
    }
}
