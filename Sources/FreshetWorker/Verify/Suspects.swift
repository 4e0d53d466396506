import FreshetCore

/// Keys that looked wrong, each with what was seen of it last.
struct Suspects {
    struct Suspect {
        var seen: KeyLooker.Seen
        /// Monotonic nanoseconds of the look.
        var time: UInt64
    }

    private(set) var waiting: [Suspect] = []

    var count: Int { waiting.count }
    var keys: [[UInt8]] { waiting.map(\.seen.key) }
    var sightings: [KeySighting] { waiting.map(\.seen.sighting) }
    /// When the last of them was looked at.
    var latest: UInt64 { waiting.map(\.time).max() ?? 0 }

    mutating func add(_ seen: KeyLooker.Seen, at time: UInt64) {
        waiting.append(Suspect(seen: seen, time: time))
    }

    /// Judges them by another look, which saw them in the same order. What is proved or put right leaves; the rest
    /// waits with its new sighting. `isDue`: what was announced at the first look has been applied meanwhile.
    mutating func judge(
        _ looks: [KeyLooker.Seen], at time: UInt64, isDue: Bool, _ verdict: (KeyLooker.Seen, Bool) -> Void
    ) {
        var rest: [Suspect] = []
        for (suspect, seen) in zip(waiting, looks) {
            if seen.sighting.problem == nil {
                verdict(seen, false)
            } else if isDue && seen.sighting.confirms(suspect.seen.sighting) {
                verdict(seen, true)
            } else {
                rest.append(Suspect(seen: seen, time: time))
            }
        }
        waiting = rest
    }

    /// Between two looks.
    mutating func follow(_ looker: KeyLooker) async throws(Fault) {
        guard !waiting.isEmpty else { return }
        for (index, seen) in try await looker.follow(waiting.map(\.seen)).enumerated() { waiting[index].seen = seen }
    }

    mutating func removeAll() { waiting.removeAll(keepingCapacity: true) }
}
