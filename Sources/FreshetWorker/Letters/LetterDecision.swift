import FreshetCore

/// A decision about a letter, as a record of the dead-letter topic itself: everybody on call reads it there, it lives
/// as long as the letters do, needs no other right or place, and neither Redis nor a laptop can lose it.
///
/// The key names group and origin, so all decisions about one record are in one partition, in order, and the last one
/// holds. It is never the key of an event: a topic that somebody has compacted loses letters by their own keys only,
/// and of the decisions it keeps the last. For the same reason the value isn't null.
package struct LetterDecision: Hashable, Sendable {
    package static let keyPrefix = "freshet-decision/"

    package var state: LetterState
    package var origin: LetterOrigin
    package var group: String
    /// The letter that was decided upon: a later failure of the same record is another one.
    package var replays: Int
    package var lastFailure: Int64?
    package var place: LetterPlace
    /// Milliseconds since 1970.
    package var at: Int64
    /// `user@host`
    package var by: String

    package init(
        _ state: LetterState, origin: LetterOrigin, group: String, replays: Int, lastFailure: Int64?,
        place: LetterPlace, at: Int64, by: String
    ) {
        self.state = state
        self.origin = origin
        self.group = group
        self.replays = replays
        self.lastFailure = lastFailure
        self.place = place
        self.at = at
        self.by = by
    }

    /// nil where the record is something else.
    package init?(_ record: RecordCopy) {
        let headers = LetterHeaders(record.headers)
        func text(_ name: String) -> String? { headers.text(LetterWriter.family + name) }
        func number(_ name: String) -> Int64? { headers.number(LetterWriter.family + name) }
        guard let state = text("decision").flatMap(LetterState.init),
            let origin = text("decided-origin").flatMap({ LetterOrigin($0) }), let group = text("decided-group"),
            let partition = number("decided-partition").flatMap({ Int32(exactly: $0) }),
            let offset = number("decided-offset"), let at = number("decided-at")
        else { return nil }
        self.init(
            state, origin: origin, group: group, replays: Int(clamping: number("decided-replays") ?? 0),
            lastFailure: number("decided-failure"), place: LetterPlace(partition: partition, offset: offset), at: at,
            by: text("decided-by") ?? "")
    }

    package func letter(to topic: String) -> Letter {
        let fields: [(name: String, value: String?)] = [
            ("decision", state.rawValue), ("decided-origin", "\(origin)"), ("decided-group", group),
            ("decided-replays", "\(replays)"), ("decided-failure", lastFailure.map { "\($0)" }),
            ("decided-partition", "\(place.partition)"), ("decided-offset", "\(place.offset)"),
            ("decided-at", "\(at)"), ("decided-by", LetterText.bounded(by)),
        ]
        return Letter(
            topic: topic, partition: nil, timestamp: at, key: Array("\(Self.keyPrefix)\(group)/\(origin)".utf8),
            value: Array("\(state.rawValue) by \(by)".utf8),
            headers: fields.compactMap { field in
                field.value.map { RecordHeader(name: LetterWriter.family + field.name, value: Array($0.utf8)) }
            })
    }
}
