import FreshetCore

/// Makes letters: key, value, headers and timestamp byte for byte as they came, plus one header family, replaced on the
/// next round and never appended.
package struct LetterWriter: Sendable {
    /// Every header of the family begins with it.
    package static let family = "freshet-"
    /// Bytes of the message header.
    package static let messageLimit = 1_000

    private let settings: WorkerSettings

    package init(_ settings: WorkerSettings) { self.settings = settings }

    package func deadLetter(_ record: RecordCopy, _ rejection: Rejection, attempts: Int, now: Int64) -> Letter {
        let before = Dictionary(
            record.headers.filter { $0.name.hasPrefix(Self.family) }.map { ($0.name, $0.value ?? []) },
            uniquingKeysWith: { first, _ in first })
        func kept(_ name: String, _ value: String) -> [UInt8] { before[Self.family + name] ?? Array(value.utf8) }
        var headers = record.headers.filter { !$0.name.hasPrefix(Self.family) }
        let family: [(String, [UInt8])] = [
            ("origin-topic", kept("origin-topic", record.partition.topic)),
            ("origin-partition", kept("origin-partition", String(record.partition.number))),
            ("origin-offset", kept("origin-offset", String(record.offset))),
            ("origin-timestamp", kept("origin-timestamp", String(record.timestamp))),
            ("group", Array(settings.group.utf8)),
            ("disposition", Array(Disposition.reject.rawValue.utf8)),
            ("error-class", Array(rejection.reason.rawValue.utf8)),
            ("error-message", Self.bounded(rejection.message)),
            ("attempts", Array(String(attempts).utf8)),
            ("first-failure", kept("first-failure", String(now))),
            ("last-failure", Array(String(now).utf8)),
            ("replays", kept("replays", "0")),
            ("version", Array(settings.version.utf8)),
        ]
        headers += family.map { RecordHeader(name: Self.family + $0.0, value: $0.1) }
        return Letter(
            topic: settings.deadLetterTopic(of: record.partition.topic), partition: nil, timestamp: record.timestamp,
            key: record.key, value: record.value, headers: headers)
    }

    /// The letter of a record that can't be read any more: where it stood and why it was rejected is all that is left.
    package func lost(_ partition: Partition, _ offset: Int64, _ rejection: Rejection, now: Int64) -> Letter {
        let record = RecordCopy(partition: partition, offset: offset, timestamp: -1, key: nil, value: nil, headers: [])
        var letter = deadLetter(record, rejection, attempts: 1, now: now)
        letter.timestamp = now
        letter.headers.append(RecordHeader(name: Self.family + "record-lost", value: Array("true".utf8)))
        return letter
    }

    /// At most `messageLimit` bytes, cut between characters.
    private static func bounded(_ message: String) -> [UInt8] {
        guard message.utf8.count > messageLimit else { return Array(message.utf8) }
        var bytes: [UInt8] = []
        for character in message.unicodeScalars {
            let next = Array(String(character).utf8)
            if bytes.count + next.count > messageLimit - 3 { break }
            bytes += next
        }
        return bytes + Array("…".utf8)
    }
}

extension WorkerSettings {
    package func deadLetterTopic(of topic: String) -> String {
        guard let range = deadLetterTopic.firstRange(of: "{topic}") else { return deadLetterTopic }
        return deadLetterTopic.replacingCharacters(range, with: topic)
    }
}

extension String {
    fileprivate func replacingCharacters(_ range: Range<String.Index>, with text: String) -> String {
        String(self[..<range.lowerBound]) + text + String(self[range.upperBound...])
    }
}
