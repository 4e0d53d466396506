import Foundation
import FreshetCore
import FreshetWorker
import KafkaLink
import TestServers
import Testing

/// `freshet dlq retry` on a topic full of letters.
@Suite struct DlqRetryTests {
    /// 9,000 that the read model rejected, 1,000 of other sorts, and some that a crash wrote twice.
    private func tenThousand(_ bench: DlqBench) throws {
        for number in 0..<10_000 {
            switch number % 20 {
            case 0: try bench.reject(bench.record(number, "{"), .malformedJSON)
            case 1: try bench.reject(bench.record(number, #"{"type":"product.changed","id":"x"}"#), .invalidID)
            default: try bench.reject(bench.product(number), .rejectedByReadModel)
            }
            if number % 97 == 5, number % 20 > 1 {
                try bench.reject(bench.product(number), .rejectedByReadModel, ago: .seconds(50))
            }
        }
        try bench.flush()
    }

    @Test(arguments: KafkaBrokers.available)
    func nineThousandOfTenAreSentOnceEach(_ brokers: KafkaBrokers) throws {
        let bench = try DlqBench(brokers)
        try tenThousand(bench)
        let wanted = Set((0..<10_000).filter { $0 % 20 > 1 }.map(bench.origin))

        let dry = try bench.run("retry", "--reason", "rejected-by-read-model")
        #expect(dry.code == 0, "\(dry.err)")
        #expect(dry.out.contains("Would retry 9000 letters."))
        #expect(dry.out.contains("Nothing was changed; add --execute."))
        #expect(try brokers == .real || bench.sent().isEmpty)

        let done = try bench.run("retry", "--reason", "rejected-by-read-model", "--rate", "100000", "--execute")
        #expect(done.code == 0, "\(done.err)")
        #expect(done.out.contains("Sent 9000 letters."))
        let sent = try bench.sent()
        #expect(sent.count == 9_000)
        // As a truth value: nobody reads a list of 9,000.
        #expect((Set(sent) == wanted) == true)

        // What was sent is not listed again, by nobody.
        #expect(try bench.listed().count == 1_000)
        #expect(try bench.listed("--state", "retried").count == 9_000)
        let again = try bench.run("retry", "--reason", "rejected-by-read-model", "--execute")
        #expect(again.out.contains("Sent 0 letters."))
        #expect(try bench.sent().count == 9_000)
    }

    @Test(arguments: KafkaBrokers.available)
    func aKilledRunIsGoneOnWithAndNothingIsSentTwice(_ brokers: KafkaBrokers) async throws {
        let bench = try DlqBench(brokers)
        try tenThousand(bench)
        let words = ["retry", "--reason", "rejected-by-read-model", "--execute"]
        for _ in 0..<2 {
            let before = (try? bench.sent().count) ?? 0
            // It would take three quarters of a minute.
            let run = try bench.start(words + ["--rate", "200"])
            try await wait("the run has begun to send") {
                if !run.isRunning { throw NeverHappened(description: "the run ended: \(run.end())") }
                return (try? bench.sent().count) ?? 0 > before + 400
            }
            run.signal(SIGKILL)
            _ = run.end()
        }
        let half = try bench.sent().count
        #expect(half > 800)
        #expect(half < 9_000)
        let last = try bench.start(words + ["--rate", "100000"]).end()
        #expect(last.code == 0, "\(last.err)")
        let sent = try bench.sent()
        #expect(sent.count == 9_000, "\(half) before; \(last.out) \(last.err) \(bench.topic)")
        #expect(Set(sent).count == 9_000)
        #expect(try bench.listed("--reason", "rejected-by-read-model").isEmpty)
    }

    /// The worst moment: everything of a batch is sent and nothing of it is written down.
    @Test(arguments: KafkaBrokers.available)
    func whatWasSentButNotWrittenDownIsFoundInTheRetryTopic(_ brokers: KafkaBrokers) throws {
        let bench = try DlqBench(brokers)
        for number in 0..<4 { try bench.reject(bench.product(number), .rejectedByReadModel) }
        try bench.flush()
        let first = try bench.run("retry", "--id", bench.origin(0), "--execute")
        #expect(first.code == 0, "\(first.err)")
        // As a run leaves it: its first word, and one letter in the retry topic.
        let run = LetterRun(
            id: "killed", group: bench.group, state: .underWay, by: "ada@ops", host: "elsewhere", process: 1, at: 0,
            ends: [:])
        try bench.write(run.letter(to: bench.deadLetters))
        let record = bench.product(1)
        let letters = try bench.records(of: bench.deadLetters)
        var head = try #require(letters.lazy.compactMap { LetterHead($0) }.first { $0.origin.offset == 1 })
        head.replays = 1
        try bench.write(head.letter(to: bench.retryTopic, record))
        try bench.flush()

        let done = try bench.run("retry", "--yes", "--execute")
        #expect(done.code == 0, "\(done.err)")
        #expect(done.out.contains("Sent 2 letters."))
        #expect(done.out.contains("1 of them had been sent by a run that was killed, and were only written down."))
        #expect(try bench.sent().sorted() == (0..<4).map(bench.origin).sorted())
        #expect(try bench.listed() == [])
    }

    @Test func whoComesSecondWaits() throws {
        let bench = try DlqBench(.mock)
        try bench.reject(bench.product(1), .invalidID)
        let run = LetterRun(
            id: "other", group: bench.group, state: .underWay, by: "ada@ops", host: "elsewhere", process: 1,
            at: Int64(Date().timeIntervalSince1970 * 1_000), ends: [:])
        try bench.write(run.letter(to: bench.deadLetters))
        try bench.flush()
        let refused = try bench.run("retry", "--yes", "--execute")
        #expect(refused.code == 2)
        #expect(refused.err.contains("ada@ops is retrying letters"))
        #expect(try bench.sent() == [])
        var ended = run
        ended.state = .ended
        try bench.write(ended.letter(to: bench.deadLetters))
        try bench.flush()
        #expect(try bench.run("retry", "--yes", "--execute").code == 0)
        #expect(try bench.sent().count == 1)
    }

    @Test(arguments: KafkaBrokers.available)
    func aRecordGoesOnByteForByte(_ brokers: KafkaBrokers) throws {
        let bench = try DlqBench(brokers)
        let headers = [RecordHeader(name: "a", value: [0, 255]), RecordHeader(name: "a", value: nil)]
        var odd = bench.record(7, "", headers: headers)
        odd.value = [0xff, 0, 1]
        odd.key = nil
        try bench.reject(odd, .malformedJSON, "not even text")
        try bench.flush()
        let done = try bench.run("retry", "--yes", "--execute")
        #expect(done.code == 0, "\(done.err)")
        let record = try #require(try bench.records(of: bench.retryTopic).first)
        #expect(record.value == [0xff, 0, 1])
        #expect(record.key == nil)
        #expect(record.timestamp > 1_700_000_000_000, "its own, so that no retention takes it")
        #expect(Array(record.headers.prefix(2)) == headers)
        let head = try #require(LetterHead(ours: record.headers))
        #expect("\(head.origin)" == bench.origin(7))
        #expect(head.originTimestamp == 1_600_000_000_007)
        #expect(head.replays == 1)
        #expect(head.attempts == 0)
        #expect(head.disposition == .retry)
        #expect(head.message == "not even text")
        #expect(record.headers.filter { $0.name == "freshet-replays" }.count == 1)
    }

    /// Fails, is sent, fails again …: listed each time, until it is parked.
    @Test func whatFailsAgainIsListedAgainUntilItIsParked() throws {
        let bench = try DlqBench(.mock)
        try bench.reject(bench.product(5), .rejectedByReadModel, ago: .seconds(600))
        try bench.flush()
        for round in 1...2 {
            #expect(try bench.listed() == [bench.origin(5)])
            #expect(try bench.run("retry", "--yes", "--max-replays", "2", "--execute").out.contains("Sent 1 letter."))
            #expect(try bench.listed() == [])
            // The worker takes it from the retry topic, and it fails once more.
            let back = try #require(
                try bench.records(of: bench.retryTopic).first {
                    LetterHead(ours: $0.headers)?.replays == round
                })
            try bench.reject(back, .rejectedByReadModel, ago: .seconds(Int64(600 - round * 100)))
            try bench.flush()
        }
        let parked = try bench.run("retry", "--yes", "--max-replays", "2", "--execute")
        #expect(parked.out.contains("Sent 0 letters."))
        #expect(parked.out.contains("1 letter parked: sent 2 times or more already."))
        #expect(try bench.sent().count == 2)
        #expect(try bench.listed() == [])
        #expect(try bench.listed("--state", "parked") == [bench.origin(5)])
        #expect(try bench.run("unpark", "--id", "product:5", "--execute").out.contains("Unparked 1 letter."))
        #expect(try bench.listed() == [bench.origin(5)])
    }
}
