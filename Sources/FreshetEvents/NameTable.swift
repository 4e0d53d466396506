/// Names → small numbers, without making a string of the name that is looked up.
struct NameTable: Sendable {
    private var names: [[UInt8]] = []
    /// Open addressing, power of two, at most half full; -1 is empty.
    private var slots: [Int32]

    /// Of a name that stands twice the first one counts.
    init(_ words: [String]) {
        var size = 8
        while size < words.count * 2 { size *= 2 }
        slots = Array(repeating: -1, count: size)
        for word in words {
            names.append(Array(word.utf8))
            let name = names[names.count - 1]
            let slot = name.withUnsafeBytes { free($0) }
            if let slot { slots[slot] = Int32(names.count - 1) }
        }
    }

    func index(of name: UnsafeRawBufferPointer) -> Int? {
        var slot = Self.hash(name) & (slots.count - 1)
        while slots[slot] >= 0 {
            let index = Int(slots[slot])
            if matches(index, name) { return index }
            slot = (slot + 1) & (slots.count - 1)
        }
        return nil
    }

    private func matches(_ index: Int, _ name: UnsafeRawBufferPointer) -> Bool {
        guard names[index].count == name.count else { return false }
        for position in 0..<name.count where names[index][position] != name[position] { return false }
        return true
    }

    private func free(_ name: UnsafeRawBufferPointer) -> Int? {
        if index(of: name) != nil { return nil }
        var slot = Self.hash(name) & (slots.count - 1)
        while slots[slot] >= 0 { slot = (slot + 1) & (slots.count - 1) }
        return slot
    }

    private static func hash(_ name: UnsafeRawBufferPointer) -> Int {
        var hash: UInt64 = UInt64(truncatingIfNeeded: name.count)
        if name.count >= 8 {
            hash ^= name.loadUnaligned(fromByteOffset: 0, as: UInt64.self)
            hash = (hash &* 0x9E37_79B9_7F4A_7C15)
            hash ^= name.loadUnaligned(fromByteOffset: name.count - 8, as: UInt64.self)
        } else {
            for byte in name { hash = hash << 8 ^ UInt64(byte) ^ hash >> 56 }
        }
        hash = (hash &* 0x9E37_79B9_7F4A_7C15)
        return Int(truncatingIfNeeded: hash >> 33)
    }
}
