/// What is written of one child into the memory. The script takes nothing away that others may count on: what they
/// wrote since it was seen, what has a newer ticket, and, as long as a newer ticket is out, what stood there before.
package struct MemoryWrite: Hashable, Sendable {
    /// Instead of what was seen; empty removes it.
    package var entry: [UInt8]
    /// What stood there when it was looked at, or was written by the same batch since.
    package var seen: [UInt8]
    /// With what was seen in it.
    package var both: [UInt8]

    package init(entry: [UInt8], seen: [UInt8], both: [UInt8]) {
        self.entry = entry
        self.seen = seen
        self.both = both
    }

    /// As the script takes it. No entry contains a newline: incarnations, numbers and names are letters and digits.
    package var bytes: [UInt8] { entry + [UInt8(ascii: "\n")] + seen + [UInt8(ascii: "\n")] + both }
}
