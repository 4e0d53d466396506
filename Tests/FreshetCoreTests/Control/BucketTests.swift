import FreshetCore
import Testing

struct BucketTests {
    /// `lease.lua` and `fill.lua` compute the same numbers; readers in other languages depend on them.
    @Test func knownValues() {
        #expect(Bucket.of("") == BucketTests.naive(""))
        for key in ["v1:match:4711", "v1:team:12", "v1:page:über", String(repeating: "x", count: 250)] {
            #expect(Bucket.of(key) == BucketTests.naive(key))
        }
    }

    /// As the scripts do it: with doubles that never pass 2^53.
    private static func naive(_ key: String) -> UInt16 {
        var h = 5381.0
        for byte in key.utf8 { h = (h * 33 + Double(byte)).truncatingRemainder(dividingBy: 4_294_967_296) }
        var bits = UInt32(h)
        bits ^= bits >> 15
        bits = UInt32((Double(bits) * 40503).truncatingRemainder(dividingBy: 4_294_967_296))
        bits ^= bits >> 13
        return UInt16(bits & 0xFFFF)
    }

    @Test func keysSpreadOverTheBuckets() {
        var counts = Array(repeating: 0, count: Bucket.count)
        for id in 0..<380_000 { counts[Int(Bucket.of("v1:match:\(id)"))] += 1 }
        // 5.8 keys a bucket; by chance alone the fullest of 65,536 would have about 19 and 200 would be empty.
        #expect(counts.max()! <= 40)
        #expect(counts.count { $0 == 0 } < 2_000)
    }
}
