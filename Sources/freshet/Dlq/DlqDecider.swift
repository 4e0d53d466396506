import CommandKit
import FreshetCore
import FreshetWorker
import KafkaLink

/// Writes decisions down, in pieces; each is acknowledged by all in-sync replicas before it counts.
struct DlqDecider {
    /// Decisions of one piece.
    private static let piece = 1_000

    let letters: DeadLetters
    let shelves: [LetterShelf]

    /// How many were written; fewer than all only where somebody wanted to stop.
    func write(_ state: LetterState, _ chosen: [ShelvedLetter], as what: String) throws(Fault) -> Int {
        let box = letters.box()
        var progress = Progress(what, total: Int64(chosen.count), unit: "letters", on: letters.console.err)
        var done = 0
        while done < chosen.count, !letters.stop.isRequested {
            let part = chosen[done..<min(done + Self.piece, chosen.count)]
            try box.send(part.map { decision(state, $0) })
            done += part.count
            progress.advance(to: Int64(done))
        }
        if chosen.count > Self.piece { progress.finish() }
        return done
    }

    func decision(_ state: LetterState, _ letter: ShelvedLetter) -> Letter {
        let shelf = shelves[letter.shelf]
        return shelf.index.decision(
            state, letter.entry, group: letters.group, at: MachineClock.wall(), by: DeadLetters.by
        ).letter(to: shelf.topic)
    }
}
