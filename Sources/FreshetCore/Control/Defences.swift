/// The rules that close the races. Production passes all; the simulation switches them off one by one to show that each
/// is needed, and that it would notice.
package struct Defences: OptionSet, Hashable, Sendable {
    package let rawValue: UInt32

    package init(rawValue: UInt32) { self.rawValue = rawValue }

    /// A write is refused where a newer ticket has touched its bucket.
    package static let fence = Defences(rawValue: 1 << 0)
    /// A ticket below the floor is refused.
    package static let floor = Defences(rawValue: 1 << 1)
    /// A ticket of another Redis process is refused.
    package static let process = Defences(rawValue: 1 << 2)
    /// A ticket of another incarnation is refused, as is any without a control record.
    package static let incarnation = Defences(rawValue: 1 << 3)
    /// A checkpoint may not leave a gap behind it.
    package static let gap = Defences(rawValue: 1 << 4)
    /// A chunk needs the one before it.
    package static let chain = Defences(rawValue: 1 << 5)
    /// What was read in another history is refused.
    package static let history = Defences(rawValue: 1 << 6)
    /// The ticket is taken before the read models are read.
    package static let ticketFirst = Defences(rawValue: 1 << 7)
    /// Captured events wait until their commit is visible.
    package static let visibility = Defences(rawValue: 1 << 8)
    /// A lane without records looks at the control record.
    package static let idleLook = Defences(rawValue: 1 << 9)
    /// A reader's fill needs an unchanged token.
    package static let lease = Defences(rawValue: 1 << 10)
    /// What both images of an event name is invalidated.
    package static let images = Defences(rawValue: 1 << 11)
    /// Records of an assignment that is over are dropped, and nothing is committed for it.
    package static let epoch = Defences(rawValue: 1 << 12)
    /// Recovery invalidates what skipped records may have touched.
    package static let recoverySweep = Defences(rawValue: 1 << 13)
    /// A rebuild waits for the transactions that ran when the end was noted.
    package static let rebuildWaits = Defences(rawValue: 1 << 14)

    /// What a child's parents were is remembered, and what may have gone unseen is swept.
    package static let memory = Defences(rawValue: 1 << 15)

    /// What is behind its event is applied again when it is there.
    package static let gate = Defences(rawValue: 1 << 16)

    /// An offset is committed only after its effects.
    package static let commitLast = Defences(rawValue: 1 << 17)

    /// A letter is acknowledged before the checkpoint passes its record.
    package static let letterFirst = Defences(rawValue: 1 << 18)

    /// PostgreSQL at a lower position than before is another history.
    package static let setBack = Defences(rawValue: 1 << 19)
    /// A changed graph's kinds are invalidated before its workers go on.
    package static let graphSweep = Defences(rawValue: 1 << 20)
    /// One graph at a time: no other one's worker gets a ticket.
    package static let oneGraph = Defences(rawValue: 1 << 21)
    /// Removals beside the script are preceded by a touch of their buckets.
    package static let touchFirst = Defences(rawValue: 1 << 22)
    /// A removal that failed fails its batch.
    package static let removalAnswer = Defences(rawValue: 1 << 23)
    /// A child's new parent is named in the memory before anything is read for it.
    package static let foretell = Defences(rawValue: 1 << 24)
    /// What has left the log of touches counts as a touch of all buckets.
    package static let leftTouches = Defences(rawValue: 1 << 25)
    /// A graph takes over from the one that was looked at, and from no other.
    package static let claim = Defences(rawValue: 1 << 26)

    package static let named: [(name: String, defence: Defences)] = [
        ("fence", .fence), ("floor", .floor), ("process", .process), ("incarnation", .incarnation), ("gap", .gap),
        ("chain", .chain), ("history", .history), ("ticket-first", .ticketFirst), ("visibility", .visibility),
        ("idle-look", .idleLook), ("lease", .lease), ("images", .images), ("epoch", .epoch),
        ("memory", .memory), ("gate", .gate), ("recovery-sweep", .recoverySweep), ("rebuild-waits", .rebuildWaits),
        ("commit-last", .commitLast), ("letter-first", .letterFirst),
        ("set-back", .setBack),
        ("graph-sweep", .graphSweep), ("one-graph", .oneGraph),
        ("touch-first", .touchFirst), ("removal-answer", .removalAnswer), ("foretell", .foretell),
        ("left-touches", .leftTouches), ("claim", .claim),
    ]

    package static let all: Defences = named.reduce([]) { $0.union($1.defence) }
}
