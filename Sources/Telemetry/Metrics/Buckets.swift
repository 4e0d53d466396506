/// The buckets of every histogram: log-linear, sixteen for each power of two, so that a value is known to about 6 %.
/// Whole numbers from 0 to 2^46 (nanoseconds: 19 hours); what is larger is counted in the last one.
package enum Buckets {
    static let subBits = 4
    static let perPower = 1 << subBits
    static let largestPower = 45
    package static let count = (largestPower - subBits + 2) * perPower

    package static func index(_ value: UInt64) -> Int {
        if value < UInt64(perPower) { return Int(value) }
        let power = 63 - value.leadingZeroBitCount
        if power > largestPower { return count - 1 }
        let shift = power - subBits
        return (shift + 1) * perPower + Int(value >> UInt64(shift)) - perPower
    }

    /// The smallest value of a bucket.
    package static func lowest(_ index: Int) -> UInt64 {
        if index < perPower { return UInt64(index) }
        let shift = index / perPower - 1
        return UInt64(perPower + index % perPower) << UInt64(shift)
    }

    /// The largest value of a bucket; the last one has no end.
    package static func highest(_ index: Int) -> UInt64 {
        index + 1 < count ? lowest(index + 1) - 1 : .max
    }
}
