/// One of 65,536 hash buckets of keys: touches are told by bucket.
///
/// The same arithmetic stands in `schemas/redis/fill.lua`, in numbers that Lua's doubles hold exactly,
/// so that a reader of any language needs to know nothing but its key.
package enum Bucket {
    package static let count = 65_536

    package static func of(_ key: UnsafeRawBufferPointer) -> UInt16 {
        var h: UInt32 = 5381
        for byte in key { h = h &* 33 &+ UInt32(byte) }
        h ^= h >> 15
        h = h &* 40503
        h ^= h >> 13
        return UInt16(truncatingIfNeeded: h)
    }

    package static func of(_ key: String) -> UInt16 {
        var key = key
        return key.withUTF8 { of(UnsafeRawBufferPointer($0)) }
    }
}
