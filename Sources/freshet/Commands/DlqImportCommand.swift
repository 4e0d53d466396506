import CommandKit
import Foundation
import FreshetCore
import FreshetWorker
import Wiring

/// `freshet dlq import`
enum DlqImportCommand {
    static let command = Command(
        "import",
        summary: "puts exported letters back",
        discussion: """
            Reads what `export` wrote and writes each letter byte for byte into the dead-letter topic that it came \
            from, or into --topic. A record whose letter is there already, in whatever state, is left out, so it can \
            be done again after it was interrupted.
            """,
        common: [.config, .output, .execute, .yes],
        options: [.init("topic", short: "t", .text("NAME"), "the dead-letter topic to write to")],
        arguments: [.init("FILE", "lines of JSON; - for the standard input")],
        examples: [
            .init("freshet dlq import letters.jsonl", "what would be put back"),
            .init("freshet dlq import letters.jsonl --execute", "… and put it back"),
        ],
        run: run)

    /// Letters that are sent at a time.
    private static let piece = 500

    private static func run(_ invocation: Invocation) async throws -> ExitCode {
        let deployment = try Deployment(invocation)
        let path = invocation.arguments[0]
        let outcome = try await LaneThread.run("dlq import") {
            let letters = try DeadLetters(deployment, invocation)
            let shelves = try letters.shelves(LetterFilter())
            var outcome = DlqOutcome(verb: "import", isExecuted: invocation.execute)
            var seen: Set<LetterOrigin> = []
            var known = 0
            var waiting: [Letter] = []
            let box = letters.box()
            func send() throws {
                if invocation.execute { try box.send(waiting) }
                outcome.done += invocation.execute ? waiting.count : 0
                waiting = []
            }
            try lines(path) { number, line in
                guard var letter = DlqJSON.read(line) else {
                    throw CommandFailure(
                        .usage, "\(path):\(number): this is no line of `freshet dlq export`; nothing of it is written.")
                }
                letter.topic = invocation.text("topic") ?? letter.topic
                let sight = letters.sight(Self.record(letter))
                let origin = sight.head.origin
                let isThere = shelves.contains { $0.topic == letter.topic && $0.index.entry(of: origin) != nil }
                guard !isThere, seen.insert(origin).inserted else {
                    known += 1
                    return
                }
                outcome.chosen += 1
                outcome.reasons[sight.head.reason, default: 0] += 1
                waiting.append(letter)
                if waiting.count >= piece { try send() }
            }
            try send()
            outcome.more.append(("known", known, "\(DlqText.letters(known)) there already, and left as they are."))
            return outcome
        }
        outcome.show(invocation)
        return .fine
    }

    private static func record(_ letter: Letter) -> RecordCopy {
        RecordCopy(
            partition: Partition(topic: letter.topic, number: 0), offset: 0, timestamp: letter.timestamp,
            key: letter.key, value: letter.value, headers: letter.headers)
    }

    private static func lines(_ path: String, _ body: (Int, String) throws -> Void) throws {
        guard let file = fopen(path == "-" ? "/dev/stdin" : path, "re") else {
            let reason = String(cString: strerror(errno)).lowercased()
            throw CommandFailure(.usage, "`\(path)` can't be read: \(reason)")
        }
        defer { fclose(file) }
        var number = 0
        while let line = readLine(file) {
            number += 1
            if !line.isEmpty { try body(number, line) }
        }
    }

    private static func readLine(_ file: UnsafeMutablePointer<FILE>) -> String? {
        var buffer: UnsafeMutablePointer<CChar>?
        var capacity = 0
        defer { free(buffer) }
        let count = getline(&buffer, &capacity, file)
        guard count > 0, let buffer else { return nil }
        let bytes = UnsafeBufferPointer(start: buffer, count: count).map { UInt8(bitPattern: $0) }
        return String(decoding: bytes.last == UInt8(ascii: "\n") ? bytes.dropLast() : bytes[...], as: UTF8.self)
    }
}
