import FreshetCore
import Testing

struct BucketSetTests {
    @Test func fewAreTwoBytesEach() {
        var set = BucketSet()
        #expect(set.isEmpty)
        for bucket: UInt16 in [0x0102, 0x0201, 0xFFFF] { set.insert(bucket) }
        #expect(set.bytes == [1, 2, 2, 1, 255, 255])
        #expect(set.members == [0x0102, 0x0201, 0xFFFF])
        #expect(set.contains(0x0102) && set.contains(0xFFFF))
        // Those bytes stand there, but not as a pair.
        #expect(!set.contains(0x0202) && !set.contains(0x01FF) && !set.contains(0))
    }

    @Test func manyAreABitEach() {
        var set = BucketSet()
        for bucket in 0..<4_095 { set.insert(UInt16(bucket) * 16 + 1) }
        #expect(set.bytes.count == 8_190)
        set.insert(65_535)
        #expect(set.bytes.count == 8_192)
        // The highest bit first: bucket 1 is the second bit of the first byte.
        #expect(set.bytes[0] == 0x40 && set.bytes[8_191] == 0x01)
        #expect(set.contains(17) && set.contains(65_535) && !set.contains(16) && !set.contains(65_534))
        set.insert(16)
        #expect(set.contains(16))
        #expect(set.members.count == 4_097 && set.members.starts(with: [1, 16, 17, 33]))
    }
}
