/// The buckets of one touch, as the control record's log keeps them: two bytes each, big end first, in the order in
/// which they came, or where that would be longer, a bit for each of all, the highest bit first.
package struct BucketSet: Hashable, Sendable {
    package static let bitmapBytes = Bucket.count / 8

    package private(set) var bytes: [UInt8] = []

    package init() {}

    package init(_ keys: ByteArena) {
        for index in 0..<keys.count { keys.with(index) { insert(Bucket.of($0)) } }
    }

    /// Exactly as the log keeps it.
    package init(bytes: [UInt8]) { self.bytes = bytes }

    package var isEmpty: Bool { bytes.isEmpty }
    private var isBitmap: Bool { bytes.count == Self.bitmapBytes }

    package mutating func reserve(_ count: Int) { bytes.reserveCapacity(2 * count) }

    package mutating func insert(_ bucket: UInt16) {
        // A list is always shorter than a bitmap: that tells them apart.
        if bytes.count + 2 == Self.bitmapBytes { becomeBitmap() }
        if isBitmap {
            bytes[Int(bucket >> 3)] |= Self.bit(bucket)
        } else {
            bytes.append(UInt8(truncatingIfNeeded: bucket >> 8))
            bytes.append(UInt8(truncatingIfNeeded: bucket))
        }
    }

    package func contains(_ bucket: UInt16) -> Bool {
        if isBitmap { return bytes[Int(bucket >> 3)] & Self.bit(bucket) != 0 }
        let (high, low) = (UInt8(truncatingIfNeeded: bucket >> 8), UInt8(truncatingIfNeeded: bucket))
        return stride(from: 0, to: bytes.count, by: 2).contains { bytes[$0] == high && bytes[$0 + 1] == low }
    }

    /// Each of them, those of a list as often as they came.
    package var members: [UInt16] {
        if !isBitmap {
            return stride(from: 0, to: bytes.count - 1, by: 2).map { UInt16(bytes[$0]) << 8 | UInt16(bytes[$0 + 1]) }
        }
        var members: [UInt16] = []
        for (index, byte) in bytes.enumerated() where byte != 0 {
            for place in 0..<8 where byte & (0x80 >> UInt8(place)) != 0 { members.append(UInt16(index * 8 + place)) }
        }
        return members
    }

    private mutating func becomeBitmap() {
        var bitmap = [UInt8](repeating: 0, count: Self.bitmapBytes)
        for bucket in members { bitmap[Int(bucket >> 3)] |= Self.bit(bucket) }
        bytes = bitmap
    }

    private static func bit(_ bucket: UInt16) -> UInt8 { 0x80 >> UInt8(bucket & 7) }
}
