import FreshetCore

/// A letter of the batch in hand.
struct LaneLetter {
    var letter: Letter
    /// The place in the plan's records of one that is only deferred.
    var deferred: Int?

    init(_ letter: Letter, deferred: Int? = nil) {
        self.letter = letter
        self.deferred = deferred
    }
}

/// The batch's letters go out.
extension Lane {
    func sendLetters() async throws(Fault) {
        var all = letters
        // What was cut stays cut if the batch comes again.
        defer { letters = all }
        try await send(&all, 0..<all.count)
    }

    /// A letter that its topic never takes (it is too large) must neither hold up its partition for ever nor take
    /// others with it: halves find it, and what is left of it becomes a dead letter.
    func send(_ letters: inout [LaneLetter], _ range: Range<Int>) async throws(Fault) {
        do {
            return try await parts.letters.send(letters[range].map(\.letter))
        } catch {
            guard Disposition.of(error) == .reject else { throw error }
            if range.count == 1 { return try await cut(&letters[range.lowerBound], error) }
        }
        let middle = range.lowerBound + range.count / 2
        try await send(&letters, range.lowerBound..<middle)
        try await send(&letters, middle..<range.upperBound)
    }

    private func cut(_ letter: inout LaneLetter, _ fault: Fault) async throws(Fault) {
        let remnant = LetterWriter(settings).remnant(of: letter.letter, fault)
        // Whoever refuses even that refuses every letter: it is mended while we wait.
        do { try await parts.letters.send([remnant]) } catch {
            guard Disposition.of(error) == .reject else { throw error }
            throw Fault(.kafka, .protocolViolation, "\(remnant.topic) takes no letters: \(error.message)")
        }
        listener.heard(.isolated(statement: "letter to \(letter.letter.topic)", entities: 1, fault))
        letter.letter = remnant
        if let place = letter.deferred {
            plan.divert(place, as: RecordNote.deadLettered)
            letter.deferred = nil
        }
    }
}
