/// What one script call does to keys: parallel arrays, reused from call to call.
package struct KeyOperations: Sendable {
    /// Milliseconds to live for a write; `unlink` for an invalidation.
    package static let unlink: Int64 = -1
    /// An entry of the memory (`MemoryWrite`): it lives for ever, also where Redis is full.
    package static let memory: Int64 = 0

    package private(set) var keys = ByteArena()
    /// One entry per key; empty for an invalidation.
    package private(set) var values = ByteArena()
    package private(set) var timesToLive: [Int64] = []
    package private(set) var buckets: [UInt16] = []
    package private(set) var writes = 0
    package private(set) var memories = 0

    package init() {}

    package var count: Int { timesToLive.count }
    package var isEmpty: Bool { timesToLive.isEmpty }
    package var byteCount: Int { keys.byteCount + values.byteCount }

    package mutating func reserve(_ count: Int) {
        keys.reserve(count, bytesEach: 24)
        values.reserve(count, bytesEach: 0)
        timesToLive.reserveCapacity(count)
        buckets.reserveCapacity(count)
    }

    package mutating func removeAll() {
        keys.removeAll()
        values.removeAll()
        timesToLive.removeAll(keepingCapacity: true)
        buckets.removeAll(keepingCapacity: true)
        writes = 0
        memories = 0
    }

    package mutating func unlink(key: UnsafeRawBufferPointer) {
        keys.append(key)
        values.append(UnsafeRawBufferPointer(start: nil, count: 0))
        timesToLive.append(Self.unlink)
        buckets.append(Bucket.of(key))
    }

    package mutating func remember(key: [UInt8], _ write: MemoryWrite) {
        keys.append(key)
        values.append(write.bytes)
        timesToLive.append(Self.memory)
        buckets.append(key.withUnsafeBytes { Bucket.of($0) })
        memories += 1
    }

    /// Whether the script sets this key rather than removing it.
    package func sets(_ index: Int, invalidateOnly: Bool) -> Bool {
        timesToLive[index] == Self.memory || (timesToLive[index] > 0 && !invalidateOnly)
    }

    package mutating func write(key: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer, timeToLive: Int64) {
        keys.append(key)
        values.append(value)
        timesToLive.append(timeToLive)
        buckets.append(Bucket.of(key))
        writes += 1
    }
}
