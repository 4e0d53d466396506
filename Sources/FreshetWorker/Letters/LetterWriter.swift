import FreshetCore

/// Makes letters: key, value, headers and timestamp byte for byte as they came, plus one header family, replaced on the
/// next round and never appended.
package struct LetterWriter: Sendable {
    /// Every header of the family begins with it.
    package static let family = "freshet-"

    private let settings: WorkerSettings

    package init(_ settings: WorkerSettings) { self.settings = settings }

    /// For the dead-letter topic of the topic that the record first came from.
    package func deadLetter(_ record: RecordCopy, _ rejection: Rejection, attempts: Int, now: Int64) -> Letter {
        var head = head(record, rejection, attempts: attempts, now: now)
        head.disposition = .reject
        return head.letter(to: settings.deadLetterTopic(of: head.origin.partition.topic), record)
    }

    /// The letter of a record that can't be read any more: where it stood and why it was rejected is all that is left.
    package func lost(_ partition: Partition, _ offset: Int64, _ rejection: Rejection, now: Int64) -> Letter {
        let record = RecordCopy(partition: partition, offset: offset, timestamp: -1, key: nil, value: nil, headers: [])
        var head = head(record, rejection, attempts: 1, now: now)
        head.isLost = true
        var letter = head.letter(to: settings.deadLetterTopic(of: partition.topic), record)
        letter.timestamp = now
        return letter
    }

    /// What is left of a letter that its topic takes never, because it is too large: where the record stands and why it
    /// was rejected. The record itself stays in its own topic for as long as that keeps it.
    package func remnant(of letter: Letter, _ fault: Fault) -> Letter {
        guard var head = LetterHead(ours: letter.headers) else { return letter }
        head.disposition = .reject
        head.notBefore = nil
        head.isLost = true
        head.message = "\(fault.message); before that: \(head.message)"
        let key = letter.key.flatMap { $0.count <= Self.remnantKey ? $0 : nil }
        return Letter(
            topic: settings.deadLetterTopic(of: head.origin.partition.topic), partition: letter.partition,
            timestamp: head.originTimestamp.flatMap { $0 >= 0 ? $0 : nil } ?? letter.timestamp, key: key, value: nil,
            headers: head.headers(over: []))
    }

    /// Bytes.
    private static let remnantKey = 1_024

    /// For this group's retry topic, to be done not before a moment (milliseconds since 1970).
    package func deferred(
        _ record: RecordCopy, _ rejection: Rejection, attempts: Int, now: Int64, notBefore: Int64
    ) -> Letter {
        var head = head(record, rejection, attempts: attempts, now: now)
        head.disposition = .retry
        head.notBefore = notBefore
        var letter = head.letter(to: settings.retryTopic(of: head.origin.partition.topic), record)
        // Of its own: retention by time and offsets by time mean something there.
        letter.timestamp = now
        return letter
    }

    /// What the record's headers say, if it comes from our retry topic; elsewhere headers of our family are somebody's
    /// copy, and the record that was read is the origin.
    package func head(of record: RecordCopy) -> LetterHead? {
        guard let head = LetterHead(ours: record.headers),
            record.partition.topic == settings.retryTopic(of: head.origin.partition.topic)
        else { return nil }
        return head
    }

    /// `attempts` are those since the record was received.
    private func head(_ record: RecordCopy, _ rejection: Rejection, attempts: Int, now: Int64) -> LetterHead {
        let before = head(of: record)
        var head =
            before
            ?? LetterHead(
                origin: LetterOrigin(record.partition, offset: record.offset), reason: "", message: "")
        head.originTimestamp = before?.originTimestamp ?? record.timestamp
        head.group = settings.group
        head.reason = rejection.reason.rawValue
        head.message = rejection.message
        head.attempts += attempts
        head.firstFailure = before?.firstFailure ?? now
        head.lastFailure = now
        head.notBefore = nil
        head.version = settings.version
        head.traceparent = before?.traceparent ?? record.traceparent
        return head
    }
}

extension WorkerSettings {
    package func deadLetterTopic(of topic: String) -> String {
        deadLetterTopic.replacing("{group}", with: group).replacing("{topic}", with: topic)
    }

    package func retryTopic(of topic: String) -> String {
        retryTopic.replacing("{group}", with: group).replacing("{topic}", with: topic)
    }
}
