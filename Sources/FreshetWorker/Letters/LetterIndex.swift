import FreshetCore

/// What a dead-letter topic holds: one entry per origin, however often its letter was written, with what was decided
/// about it. Keeps heads only, about 150 bytes each.
package struct LetterIndex: Sendable {
    /// Origins that one command holds in memory.
    package static let limit = 2_000_000

    /// Laid out for size: there may be millions.
    package struct Entry: Sendable {
        fileprivate var key: Key
        fileprivate var placeOffset: Int64 = 0
        /// When it failed last, as far as anybody can tell; -1 where nobody can.
        package fileprivate(set) var time: Int64 = -1
        /// The original record's timestamp; -1 where it has none.
        package fileprivate(set) var stamp: Int64 = -1
        fileprivate var failure: Int64 = .min
        fileprivate var placePartition: Int32 = 0
        fileprivate var reason: Int32 = 0
        fileprivate var kind: Int32 = 0
        /// Index into the decisions; -1 where there is none.
        fileprivate var decision: Int32 = -1
        fileprivate var replayCount: Int32 = 0
        fileprivate var copyCount: Int32 = 0
        package fileprivate(set) var family = LetterHead.Family.none
        package fileprivate(set) var isLost = false
        /// The newest letter is one of those that are meant.
        fileprivate var matches = false

        fileprivate init(_ key: Key) { self.key = key }

        /// The newest letter's; meaningless where there is none.
        package fileprivate(set) var place: LetterPlace {
            get { LetterPlace(partition: placePartition, offset: placeOffset) }
            set { (placePartition, placeOffset) = (newValue.partition, newValue.offset) }
        }

        fileprivate var lastFailure: Int64? {
            get { failure == .min ? nil : failure }
            set { failure = newValue ?? .min }
        }

        package var replays: Int { Int(replayCount) }
        /// How often it was written.
        package var copies: Int { Int(copyCount) }
    }

    fileprivate struct Key: Hashable, Sendable {
        var topic: Int32
        var partition: Int32
        var offset: Int64
    }

    fileprivate struct Decision: Sendable {
        var state: LetterState
        var replays: Int
        var lastFailure: Int64?
        var place: LetterPlace
        var at: Int64
        /// Where the decision itself stands.
        var partition: Int32
    }

    private var entries: [Entry] = []
    private var decisions: [Decision] = []
    private var numbers: [Key: Int32] = [:]
    private var names = LetterNames()
    private let limit: Int

    package init(limit: Int = Self.limit) { self.limit = limit }

    /// Answers false, and takes nothing, where the bound is met.
    package mutating func add(_ letter: LetterSight, matches: Bool) -> Bool {
        guard let number = number(of: letter.head.origin) else { return false }
        var sight = entries[number]
        sight.copyCount += 1
        sight.replayCount = max(sight.replayCount, Int32(clamping: letter.head.replays))
        if sight.copies == 1 || Self.isNewer(letter, than: sight) {
            sight.place = letter.place
            sight.time = letter.time
            sight.stamp = letter.head.originTimestamp ?? letter.timestamp
            sight.lastFailure = letter.head.lastFailure
            sight.family = letter.head.family
            sight.isLost = letter.head.isLost
            sight.matches = matches
            sight.reason = names.number(letter.head.reason)
            sight.kind = names.number(letter.subject.kinds.joined(separator: ", "))
        }
        entries[number] = sight
        return true
    }

    /// In the order of its partition: the last one holds.
    package mutating func add(_ decision: LetterDecision, partition: Int32) -> Bool {
        guard let number = number(of: decision.origin) else { return false }
        // Where the topic has got more partitions meanwhile, they are in two of them, and only the clock is left.
        if let before = held(entries[number]), before.partition != partition, before.at > decision.at {
            return true
        }
        let made = Decision(
            state: decision.state, replays: decision.replays, lastFailure: decision.lastFailure, place: decision.place,
            at: decision.at, partition: partition)
        if entries[number].decision >= 0 {
            decisions[Int(entries[number].decision)] = made
        } else {
            entries[number].decision = Int32(decisions.count)
            decisions.append(made)
        }
        return true
    }

    fileprivate func held(_ entry: Entry) -> Decision? {
        entry.decision < 0 ? nil : decisions[Int(entry.decision)]
    }

    /// For about so many records: growing by doubling would need three times the room for a moment.
    package mutating func reserve(_ count: Int) {
        entries.reserveCapacity(min(count, limit))
        numbers.reserveCapacity(min(count, limit))
    }

    private mutating func number(of origin: LetterOrigin) -> Int? {
        let key = Key(
            topic: names.number(origin.partition.topic), partition: origin.partition.number, offset: origin.offset)
        if let number = numbers[key] { return Int(number) }
        guard entries.count < limit else { return nil }
        numbers[key] = Int32(entries.count)
        entries.append(Entry(key))
        return entries.count - 1
    }

    private static func isNewer(_ letter: LetterSight, than entry: Entry) -> Bool {
        if let mine = letter.head.lastFailure, let its = entry.lastFailure, mine != its { return mine > its }
        if letter.place.partition == entry.place.partition { return letter.place.offset > entry.place.offset }
        return letter.head.replays >= entry.replays
    }
}

extension LetterIndex {
    package func origin(_ entry: Entry) -> LetterOrigin {
        LetterOrigin(
            Partition(topic: names[entry.key.topic], number: entry.key.partition), offset: entry.key.offset)
    }

    package func reason(_ entry: Entry) -> String { names[entry.reason] }

    /// Empty where it can't be told.
    package func kind(_ entry: Entry) -> String { names[entry.kind] }

    /// A decision to retry is about the failures seen until then: one that came later opens the letter again. To
    /// discard or to park is about the record.
    package func state(_ entry: Entry) -> LetterState {
        guard let decision = held(entry) else { return .open }
        return decision.state == .retried && Self.isLater(entry, than: decision) ? .open : decision.state
    }

    private static func isLater(_ entry: Entry, than decision: Decision) -> Bool {
        if entry.replays > decision.replays { return true }
        if let mine = entry.lastFailure, let its = decision.lastFailure { return mine > its }
        return entry.place.partition == decision.place.partition && entry.place.offset > decision.place.offset
    }

    /// The letters that are meant, in these states, those that failed first first.
    package func select(_ states: Set<LetterState>) -> [Entry] {
        var chosen = entries.filter { $0.copies > 0 && $0.matches && states.contains(state($0)) }
        chosen.sort { a, b in
            a.time != b.time
                ? a.time < b.time
                : (a.key.topic, a.key.partition, a.key.offset) < (b.key.topic, b.key.partition, b.key.offset)
        }
        return chosen
    }

    /// The letters that are meant, in no order.
    func forEach(_ body: (Entry) -> Void) {
        for entry in entries where entry.copies > 0 && entry.matches { body(entry) }
    }

    package func entry(of origin: LetterOrigin) -> Entry? {
        guard let topic = names.known(origin.partition.topic) else { return nil }
        let key = Key(topic: topic, partition: origin.partition.number, offset: origin.offset)
        return numbers[key].map { entries[Int($0)] }.flatMap { $0.copies > 0 ? $0 : nil }
    }

    /// What is written down when this letter is decided upon.
    package func decision(
        _ state: LetterState, _ entry: Entry, group: String, at: Int64, by: String
    ) -> LetterDecision {
        LetterDecision(
            state, origin: origin(entry), group: group, replays: entry.replays, lastFailure: entry.lastFailure,
            place: entry.place, at: at, by: by)
    }
}
