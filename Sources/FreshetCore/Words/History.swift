/// Which PostgreSQL a value was read from: its system identifier and timeline.
///
/// A promotion raises the timeline; another system identifier is another database (a declared migration).
package struct History: Hashable, Sendable, CustomStringConvertible {
    package var system: UInt64
    package var timeline: UInt32

    package init(system: UInt64, timeline: UInt32) {
        self.system = system
        self.timeline = timeline
    }

    /// The form in the control record: `7301…/3`.
    package init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let system = UInt64(parts[0]), let timeline = UInt32(parts[1]) else { return nil }
        self.init(system: system, timeline: timeline)
    }

    package var description: String { "\(system)/\(timeline)" }
}
