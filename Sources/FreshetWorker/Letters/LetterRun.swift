import FreshetCore

/// A run of `dlq retry`, as records of the dead-letter topic: who is at it, and where the retry topics ended before the
/// batch that is on its way. After a kill the next run finds there which letters of that batch were already sent.
///
/// All records of a group's runs have one key, so they are in one partition and in one order: of two runs that begin at
/// the same time, the one whose record stands first goes on.
package struct LetterRun: Hashable, Sendable {
    package enum State: String, Hashable, Sendable {
        case underWay = "under-way"
        case ended
    }

    package var id: String
    package var group: String
    package var state: State
    /// `user@host`
    package var by: String
    package var host: String
    package var process: Int32
    /// Milliseconds since 1970: the last sign of life.
    package var at: Int64
    /// Ends of the retry topics before the batch that is on its way.
    package var ends: [Partition: Int64]

    package init(
        id: String, group: String, state: State, by: String, host: String, process: Int32, at: Int64,
        ends: [Partition: Int64]
    ) {
        self.id = id
        self.group = group
        self.state = state
        self.by = by
        self.host = host
        self.process = process
        self.at = at
        self.ends = ends
    }

    package init?(_ record: RecordCopy) {
        let headers = LetterHeaders(record.headers)
        func text(_ name: String) -> String? { headers.text("\(LetterWriter.family)run-\(name)") }
        guard let id = text("id"), let group = text("group"), let state = text("state").flatMap(State.init),
            let at = text("at").flatMap({ Int64($0) })
        else { return nil }
        self.init(
            id: id, group: group, state: state, by: text("by") ?? "", host: text("host") ?? "",
            process: text("process").flatMap { Int32($0) } ?? 0, at: at, ends: [:])
        for line in String(decoding: record.value ?? [], as: UTF8.self).split(separator: "\n") {
            if let end = LetterOrigin(String(line)) { ends[end.partition] = end.offset }
        }
    }

    package func letter(to topic: String) -> Letter {
        let fields = [
            ("id", id), ("group", group), ("state", state.rawValue), ("by", by), ("host", host),
            ("process", "\(process)"), ("at", "\(at)"),
        ]
        let ends = ends.sorted { $0.key < $1.key }.map { "\(LetterOrigin($0.key, offset: $0.value))" }
        return Letter(
            topic: topic, partition: nil, timestamp: at, key: Array("freshet-run/\(group)".utf8),
            value: Array(ends.joined(separator: "\n").utf8),
            headers: fields.map { RecordHeader(name: "\(LetterWriter.family)run-\($0.0)", value: Array($0.1.utf8)) })
    }
}

/// The runs of one group that a dead-letter topic tells of.
package struct LetterRuns: Sendable {
    /// In the order in which they began; only those that have not ended.
    package private(set) var open: [LetterRun] = []

    package init() {}

    /// In the order of the topic.
    package mutating func add(_ run: LetterRun) {
        let place = open.firstIndex { $0.id == run.id }
        switch (run.state, place) {
        case (.underWay, nil): open.append(run)
        case (.underWay, let place?): open[place] = run
        case (.ended, let place?): open.remove(at: place)
        case (.ended, nil): break
        }
    }
}
