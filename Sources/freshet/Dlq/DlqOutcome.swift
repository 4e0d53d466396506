import CommandKit
import FreshetWorker

/// What a command that changes something did, or would do.
struct DlqOutcome {
    var verb: String
    var isExecuted: Bool
    /// Letters that were chosen.
    var chosen = 0
    var reasons: [String: Int] = [:]
    /// Of them, those that were dealt with.
    var done = 0
    /// Of them, those that are still to be done; nil: all that were not done.
    var left: Int?
    /// Topics that they go to.
    var targets: [String] = []
    /// Further counts, in the order in which they are told: name for programs, sentence for people.
    var more: [(name: String, count: Int, words: String)] = []
    var remarks: [String] = []

    init(verb: String, isExecuted: Bool) {
        self.verb = verb
        self.isExecuted = isExecuted
    }

    mutating func count(_ letters: [ShelvedLetter], _ shelves: [LetterShelf]) {
        chosen += letters.count
        for letter in letters { reasons[shelves.reason(letter), default: 0] += 1 }
    }

    private static let past = [
        "discard": "Discarded", "park": "Parked", "unpark": "Unparked", "retry": "Sent", "import": "Imported",
    ]

    private var text: String {
        var lines: [String] = []
        if !isExecuted, !reasons.isEmpty {
            let sorted = reasons.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
            let rows = sorted.prefix(20).map { [$0.key, "\($0.value)"] }
            lines += [Table([.init("reason"), .init("letters", .right)], rows: Array(rows)).render(), ""]
        }
        if isExecuted {
            lines.append("\(Self.past[verb] ?? verb) \(DlqText.letters(done)).")
        } else {
            let to = targets.isEmpty ? "" : "\nThey would go to \(targets.joined(separator: ", "))."
            lines.append("Would \(verb) \(DlqText.letters(chosen)).\(to)")
        }
        for count in more where count.count > 0 { lines.append(count.words) }
        let left = left ?? chosen - done
        if isExecuted, left > 0 {
            lines.append("Stopped: \(DlqText.letters(left)) left. The same command goes on with them.")
        }
        if !isExecuted { lines.append("Nothing was changed; add --execute.") }
        return (lines + remarks).joined(separator: "\n")
    }

    private var json: JSON {
        .object(
            [
                ("executed", .bool(isExecuted)), ("chosen", .int(chosen)), ("done", .int(done)),
                ("reasons", .object(reasons.sorted { $0.key < $1.key }.map { ($0.key, .int($0.value)) })),
                ("targets", .array(targets.map { .string($0) })),
            ] + more.map { ($0.name, .int($0.count)) })
    }

    func show(_ invocation: Invocation) {
        switch invocation.output {
        case .table: invocation.console.print(text)
        case .json: invocation.console.print(json.render(indented: true))
        }
    }
}
