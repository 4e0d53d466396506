import FreshetCore

extension LetterHead {
    /// The headers of the next round: all of our family replaced, every other one kept byte for byte and in its place.
    package func headers(over headers: [RecordHeader]) -> [RecordHeader] {
        headers.filter { !$0.name.hasPrefix(LetterWriter.family) } + ownHeaders()
    }

    /// The record as it goes to a topic of ours: everything byte for byte, with this head. What another family has put
    /// into the place of the record's own key and timestamp is put back.
    package func letter(to topic: String, partition: Int32? = nil, _ record: RecordCopy) -> Letter {
        let timestamp = originTimestamp.flatMap { $0 >= 0 ? $0 : nil } ?? record.timestamp
        return Letter(
            topic: topic, partition: partition, timestamp: timestamp, key: key(of: record), value: record.value,
            headers: headers(over: record.headers))
    }

    private func ownHeaders() -> [RecordHeader] {
        let fields: [(name: String, value: String?)] = [
            ("origin-topic", origin.partition.topic), ("origin-partition", "\(origin.partition.number)"),
            ("origin-offset", "\(origin.offset)"), ("origin-timestamp", originTimestamp.map { "\($0)" }),
            ("group", group), ("disposition", disposition.rawValue), ("error-class", LetterText.bounded(reason)),
            ("error-message", LetterText.bounded(message)), ("attempts", "\(attempts)"),
            ("first-failure", firstFailure.map { "\($0)" }), ("last-failure", lastFailure.map { "\($0)" }),
            ("replays", "\(replays)"), ("not-before", notBefore.map { "\($0)" }), ("version", version),
            ("traceparent", traceparent), ("record-lost", isLost ? "true" : nil),
        ]
        return fields.compactMap { field in
            field.value.map { RecordHeader(name: LetterWriter.family + field.name, value: Array($0.utf8)) }
        }
    }
}
