/// A hash that is the same in every process, on every machine and in every version: FNV-1a over 64 bits, each value
/// with its length in front so that neighbours can't run into each other, and a final mix.
package struct StableHash: Sendable {
    private var state: UInt64 = 0xcbf2_9ce4_8422_2325

    package init() {}

    package mutating func add(_ bytes: some Collection<UInt8>) {
        add(bytes.count)
        for byte in bytes { step(byte) }
    }

    package mutating func add(_ text: String) { add(text.utf8) }

    package mutating func add(_ value: Int) {
        for shift in stride(from: 0, to: 64, by: 8) { step(UInt8(truncatingIfNeeded: value >> shift)) }
    }

    private mutating func step(_ byte: UInt8) { state = (state ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }

    package var value: UInt64 {
        var h = state
        h = (h ^ (h >> 33)) &* 0xff51_afd7_ed55_8ccd
        h = (h ^ (h >> 33)) &* 0xc4ce_b9fe_1a85_ec53
        return h ^ (h >> 33)
    }

    /// 16 hexadecimal digits.
    package var text: String {
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}
