import FreshetCore

/// How far a replay is, as a note in the control record: it goes away with the cache that it describes. A replay of a
/// cache that was flushed meanwhile must begin anew, and does.
package enum ReplayState {
    /// `selection`: what was asked for; another question is another replay.
    package static func name(_ selection: [String]) -> String {
        var hash = StableHash()
        for word in selection { hash.add(word) }
        return "replay:\(hash.text)"
    }

    /// `NUMBER FROM TO NEXT TOPIC`, a line for each partition.
    package static func text(_ stretches: [ReplayStretch]) -> String {
        stretches.map { "\($0.partition.number) \($0.from) \($0.to) \($0.next) \($0.partition.topic)" }
            .joined(separator: "\n")
    }

    /// nil where it speaks of another graph's topics, or isn't one.
    package static func read(_ text: String, _ graph: Graph) -> [ReplayStretch]? {
        var stretches: [ReplayStretch] = []
        for line in text.split(separator: "\n") {
            let words = line.split(separator: " ", maxSplits: 4).map(String.init)
            guard words.count == 5, let number = Int32(words[0]), let from = Int64(words[1]), let to = Int64(words[2]),
                let next = Int64(words[3]), let topic = graph.topics.firstIndex(where: { $0.name == words[4] })
            else { return nil }
            var stretch = ReplayStretch(
                partition: Partition(topic: words[4], number: number), topic: topic, from: from, to: to)
            stretch.next = max(from, min(next, to))
            stretches.append(stretch)
        }
        return stretches.isEmpty ? nil : stretches
    }
}
