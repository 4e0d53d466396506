/// Which PostgreSQL a value was read from: its system identifier, its timeline, and how often that was set back.
///
/// A promotion raises the timeline; another system identifier is another database (a declared migration). A restored
/// snapshot keeps both: PostgreSQL doesn't know that it was set back, only those who saw it further on do.
package struct History: Hashable, Sendable, CustomStringConvertible {
    package var system: UInt64
    package var timeline: UInt32
    /// How often this timeline was found at a lower position than before; the control record counts it.
    package var setBacks: UInt32

    package init(system: UInt64, timeline: UInt32, setBacks: UInt32 = 0) {
        self.system = system
        self.timeline = timeline
        self.setBacks = setBacks
    }

    /// The form in the control record: `7301…/3`, and `7301…/3+1` once it was set back.
    package init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let system = UInt64(parts[0]) else { return nil }
        let counts = parts[1].split(separator: "+", omittingEmptySubsequences: false)
        guard counts.count <= 2, let timeline = UInt32(counts[0]) else { return nil }
        guard counts.count == 2 else {
            self.init(system: system, timeline: timeline)
            return
        }
        guard let setBacks = UInt32(counts[1]), setBacks > 0 else { return nil }
        self.init(system: system, timeline: timeline, setBacks: setBacks)
    }

    package var description: String { "\(system)/\(timeline)" + (setBacks == 0 ? "" : "+\(setBacks)") }

    /// As PostgreSQL says it, with what the control record knew before it was asked.
    package func counted(like known: History) -> History {
        guard known.system == system, known.timeline == timeline else { return self }
        return known
    }

    /// An old primary's, beside the other.
    package func isOlder(than other: History) -> Bool {
        system == other.system && (timeline, setBacks) < (other.timeline, other.setBacks)
    }
}
