import FreshetCore
import FreshetWorker
import KafkaLink

/// What was read of one dead-letter topic.
struct LetterShelf {
    var topic: String
    var index = LetterIndex()
    var runs = LetterRuns()
    /// Ends of its partitions when it was read.
    var ends: [Partition: Int64] = [:]
    /// Letters of other groups, which are theirs to decide upon.
    var others = 0

    init(_ topic: String) { self.topic = topic }
}

/// A letter that was chosen, and the shelf it stands on.
struct ShelvedLetter {
    var entry: LetterIndex.Entry
    /// Index of its shelf.
    var shelf: Int
}

extension [LetterShelf] {
    /// Those in these states, those that failed first first.
    func select(_ states: Set<LetterState>) -> [ShelvedLetter] {
        let all = indices.flatMap { shelf in
            self[shelf].index.select(states).map { ShelvedLetter(entry: $0, shelf: shelf) }
        }
        return count == 1 ? all : all.sorted { $0.entry.time < $1.entry.time }
    }

    func origin(_ letter: ShelvedLetter) -> LetterOrigin { self[letter.shelf].index.origin(letter.entry) }
    func reason(_ letter: ShelvedLetter) -> String { self[letter.shelf].index.reason(letter.entry) }
    func kind(_ letter: ShelvedLetter) -> String { self[letter.shelf].index.kind(letter.entry) }
    func state(_ letter: ShelvedLetter) -> LetterState { self[letter.shelf].index.state(letter.entry) }
}
