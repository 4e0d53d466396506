import FreshetCore

/// What `dlq retry` does with each letter that was chosen. Pure.
package struct LetterRetry: Sendable {
    package enum Choice: Hashable, Sendable {
        case retry
        /// It came back too often.
        case park
        /// This group doesn't read its topic: nobody would take it from the retry topic.
        case strangeTopic
        /// Its record was gone already: there is nothing to send.
        case lost
    }

    /// Letters that were sent so often are parked.
    package var maxReplays: Int
    /// Topics of the graph.
    package var topics: Set<String>

    package init(maxReplays: Int, topics: Set<String>) {
        self.maxReplays = maxReplays
        self.topics = topics
    }

    package func choose(_ entry: LetterIndex.Entry, _ index: LetterIndex) -> Choice {
        if entry.isLost { return .lost }
        if !topics.contains(index.origin(entry).partition.topic) { return .strangeTopic }
        return entry.replays >= maxReplays ? .park : .retry
    }

    /// The record for the retry topic: due at once, with attempts of its own again.
    package static func letter(
        _ record: RecordCopy, _ head: LetterHead, replays: Int, to topic: String, group: String, version: String,
        now: Int64
    ) -> Letter {
        var next = head
        next.originTimestamp = head.originTimestamp ?? record.timestamp
        next.group = group
        next.disposition = .retry
        next.attempts = 0
        next.replays = replays
        next.notBefore = nil
        next.version = version
        var letter = next.letter(to: topic, record)
        letter.timestamp = now
        return letter
    }

    /// What a batch holds at most: about half a second of the rate, so that a kill leaves little to look up.
    package static func batch(perSecond rate: Int) -> Int { max(1, min(500, rate / 2)) }
}
