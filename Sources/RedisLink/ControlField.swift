import FreshetCore

/// Names and spellings inside the control record, as `schemas/redis/apply.lua` documents them.
package enum ControlField {
    /// No kind's template may produce this key, or one that begins with it and a colon.
    package static func recordKey(_ namespace: Graph.Namespace) -> String {
        "\(namespace.prefix)\(namespace.separator)freshet"
    }

    /// Where a reader's lease on a key lives.
    package static func leaseKey(record: String, key: [UInt8]) -> [UInt8] { Array("\(record):lease:".utf8) + key }

    static func isReserved(_ key: [UInt8], record: String) -> Bool {
        key.starts(with: record.utf8) && (key.count == record.utf8.count || key[record.utf8.count] == UInt8(ascii: ":"))
    }

    package static func checkpoint(_ group: String, _ partition: Partition) -> String {
        "cp:\(group):\(partition.topic):\(partition.number)"
    }

    static func note(_ name: String) -> String { "note:\(name)" }

    package static func chain(_ partition: Partition) -> String { "chain:\(partition.topic):\(partition.number)" }

    /// `offset timestamp hash history applied superseded ignored dead-lettered deferred committed`.
    package static func parse(checkpoint text: String) -> Checkpoint? {
        let words = text.split(separator: " ")
        guard words.count == 10, let offset = Int64(words[0]), let timestamp = Int64(words[1]),
            let hash = UInt64(words[2]), let history = History(String(words[3])), let committed = Int64(words[9])
        else { return nil }
        var counts = OutcomeCounts()
        for (outcome, word) in zip(Outcome.allCases, words[4...]) {
            guard let count = Int64(word) else { return nil }
            counts[outcome] = count
        }
        return Checkpoint(
            offset: offset, timestamp: timestamp, hash: hash, history: history, counts: counts, committed: committed)
    }

    /// `leaseUntil holder body`; nil where no rebuild is under way.
    static func parse(rebuilding bytes: [UInt8]) -> Rebuilding? {
        let parts = bytes.split(separator: UInt8(ascii: " "), maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3, let until = Int64(String(decoding: parts[0], as: UTF8.self)) else { return nil }
        return Rebuilding(holder: String(decoding: parts[1], as: UTF8.self), leaseUntil: until, body: Array(parts[2]))
    }

    /// `kind ticket kind ticket …`
    static func parse(swept text: String) -> [String: Int64]? {
        let words = text.split(separator: " ")
        guard words.count % 2 == 0 else { return nil }
        var swept: [String: Int64] = [:]
        for index in stride(from: 0, to: words.count, by: 2) {
            guard let ticket = Int64(words[index + 1]) else { return nil }
            swept[String(words[index])] = ticket
        }
        return swept
    }

    /// `history position`; nil where that was seen in another history.
    static func parse(flushed text: String, in history: History) -> UInt64? {
        let words = text.split(separator: " ")
        guard words.count == 2, History(String(words[0])) == history else { return nil }
        return UInt64(words[1])
    }

    static func parse(refusal reason: String, partition: Partition?) -> Refusal? {
        switch reason {
        case "process": .process
        case "incarnation": .incarnation
        case "floor": .floor
        case "older-history": .olderHistory
        case "newer-history": .newerHistory
        case "chain": .chain
        case "gap": partition.map(Refusal.gap)
        case "pending-full": .pendingFull
        default: nil
        }
    }
}
