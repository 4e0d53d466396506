import FreshetCore

/// One partition of a reset.
struct OffsetsMove {
    var place: OffsetsSight.Place
    /// Where it goes, within what the topic has.
    var offset: Int64
    var decision: RecoveryDecision

    init(_ place: OffsetsSight.Place, to wanted: Int64) {
        self.place = place
        decision = RecoveryDecision.ordered(wanted, place.facts)
        if case .offset(let start) = decision.start { offset = start } else { offset = wanted }
    }

    private var from: Int64 { place.facts.applied }
    var skipped: Int64 { max(0, offset - from) }
    var repeated: Int64 { max(0, from - offset) }

    var effect: String {
        if skipped > 0 { return "SKIPS \(skipped)" }
        if repeated > 0 { return "re-reads \(repeated)" }
        return "stays"
    }
}
