/// What one look at the log of touches tells of a key.
package struct TouchSight: Hashable, Sendable {
    /// Where the next touch will stand in the log; -1 where there is none, or something was touched: no later look can
    /// prove anything.
    package var place: Int64
    /// From here on no touch holds the key's bucket, as far as was looked.
    package var untouchedFrom: Int64

    package init(place: Int64, untouchedFrom: Int64) {
        self.place = place
        self.untouchedFrom = untouchedFrom
    }

    /// Whether this later look proves that nothing has touched the bucket since that one.
    package func isUntouched(since earlier: TouchSight) -> Bool { untouchedFrom <= earlier.place }

    /// As if this look had been made when the later one was.
    package func followed(by later: TouchSight) -> TouchSight {
        TouchSight(place: later.isUntouched(since: self) ? later.place : -1, untouchedFrom: untouchedFrom)
    }
}
