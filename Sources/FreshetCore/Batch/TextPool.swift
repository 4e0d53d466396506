/// Gives each distinct text or composite id of a batch a small number, so that `EntityRef` stays a fixed-size value.
///
/// A composite id's canonical bytes are its parts joined by the unit separator (0x1F), which no part can contain:
/// control bytes in ids are rejected by the decoders.
package struct TextPool: Sendable {
    package static let partSeparator: UInt8 = 0x1F

    private var strings = ByteArena()
    /// Open addressing, power of two, at most half full; 0 is empty, otherwise index + 1.
    private var slots: [UInt32] = Array(repeating: 0, count: smallest)

    private static let smallest = 64

    package init() {}

    package var count: Int { strings.count }
    package var byteCount: Int { strings.byteCount }

    package mutating func removeAll() {
        guard strings.count > 0 else { return }
        // Small batches don't pay for clearing what a large one needed.
        if slots.count > Self.smallest && strings.count * 16 < slots.count {
            self = TextPool()
            return
        }
        strings.removeAll()
        for i in slots.indices { slots[i] = 0 }
    }

    package subscript(index: UInt64) -> ArraySlice<UInt8> { strings[Int(index)] }

    package func with<R>(_ index: UInt64, _ body: (UnsafeRawBufferPointer) throws -> R) rethrows -> R {
        try strings.with(Int(index), body)
    }

    package mutating func intern(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
        if (strings.count + 1) * 2 > slots.count { grow() }
        var slot = Self.hash(bytes) & (slots.count - 1)
        while slots[slot] != 0 {
            let index = Int(slots[slot] - 1)
            if strings.with(index, { equal($0, bytes) }) { return UInt64(index) }
            slot = (slot + 1) & (slots.count - 1)
        }
        let index = strings.append(bytes)
        slots[slot] = UInt32(index + 1)
        return UInt64(index)
    }

    package mutating func intern(_ bytes: [UInt8]) -> UInt64 {
        bytes.withUnsafeBytes { intern($0) }
    }

    private mutating func grow() {
        slots = Array(repeating: 0, count: slots.count * 2)
        for index in 0..<strings.count {
            var slot = strings.with(index, Self.hash) & (slots.count - 1)
            while slots[slot] != 0 { slot = (slot + 1) & (slots.count - 1) }
            slots[slot] = UInt32(index + 1)
        }
    }

    private func equal(_ a: UnsafeRawBufferPointer, _ b: UnsafeRawBufferPointer) -> Bool {
        a.count == b.count && a.elementsEqual(b)
    }

    private static func hash(_ bytes: UnsafeRawBufferPointer) -> Int {
        var h: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in bytes { h = (h ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
        return Int(truncatingIfNeeded: (h ^ (h >> 29)) & 0x7fff_ffff_ffff_ffff)
    }
}
