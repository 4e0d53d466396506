import FreshetCore
import FreshetWorker
import Testing

@Suite struct LetterWriterTests {
    private let writer: LetterWriter = {
        var settings = WorkerSettings(owner: "shop", group: "g")
        settings.version = "9"
        return LetterWriter(settings)
    }()
    private let rejection = Rejection(.invalidID, "no id")

    private func record(_ topic: String, _ headers: [RecordHeader] = []) -> RecordCopy {
        RecordCopy(
            partition: Partition(topic: topic, number: 2), offset: 7, timestamp: 1_000, key: [1], value: nil,
            headers: headers)
    }

    @Test func theFirstRoundNamesTheRecordThatWasRead() throws {
        let traced = RecordHeader(name: "traceparent", value: Array("00-1-2-01".utf8))
        let letter = writer.deadLetter(record("t", [traced]), rejection, attempts: 1, now: 50)
        #expect(letter.topic == "t.dlq")
        #expect(letter.timestamp == 1_000)
        #expect(letter.headers.first == traced)
        let head = try #require(LetterHead(ours: letter.headers))
        #expect(head.origin.description == "t/2/7")
        #expect(head.originTimestamp == 1_000)
        #expect(head.reason == "invalid-id")
        #expect(head.disposition == .reject)
        #expect(head.attempts == 1)
        #expect(head.firstFailure == 50)
        #expect(head.lastFailure == 50)
        #expect(head.replays == 0)
        #expect(head.version == "9")
        #expect(head.traceparent == "00-1-2-01")
    }

    @Test func fromTheRetryTopicTheOriginStays() throws {
        let deferred = writer.deferred(record("t"), rejection, attempts: 2, now: 50, notBefore: 80)
        #expect(deferred.topic == "t.g.retry")
        let waiting = try #require(LetterHead(ours: deferred.headers))
        #expect(waiting.disposition == .retry)
        #expect(waiting.notBefore == 80)
        #expect(deferred.timestamp == 50 && waiting.originTimestamp == 1_000)

        var again = record("t.g.retry", deferred.headers)
        again.offset = 0
        again.partition.number = 0
        let letter = writer.deadLetter(again, rejection, attempts: 1, now: 90)
        #expect(letter.topic == "t.dlq")
        #expect(letter.timestamp == 1_000, "the record's own again")
        let head = try #require(LetterHead(ours: letter.headers))
        #expect(head.origin.description == "t/2/7")
        #expect(head.attempts == 3)
        #expect(head.firstFailure == 50)
        #expect(head.lastFailure == 90)
        #expect(head.notBefore == nil)
        #expect(letter.headers.filter { $0.name == "freshet-origin-offset" }.count == 1)
    }

    @Test func whatIsTooLargeLeavesItsPlace() throws {
        var large = record("t", [RecordHeader(name: "a", value: [1])])
        large.value = [1, 2, 3]
        let fault = Fault(.kafka, .kafka(name: "MSG_SIZE_TOO_LARGE", fatal: false), "too large")
        let deferred = writer.deferred(large, rejection, attempts: 1, now: 50, notBefore: 80)
        let remnant = writer.remnant(of: deferred, fault)
        #expect(remnant.topic == "t.dlq" && remnant.value == nil && remnant.key == [1])
        #expect(remnant.headers.allSatisfy { $0.name.hasPrefix("freshet-") })
        let head = try #require(LetterHead(ours: remnant.headers))
        #expect(remnant.timestamp == 1_000)
        #expect(head.isLost && head.disposition == .reject && head.notBefore == nil)
        #expect("\(head.origin)" == "t/2/7" && head.message == "too large; before that: no id")
    }

    @Test func theLetterOfALostRecordSaysSo() throws {
        let letter = writer.lost(Partition(topic: "t", number: 2), 7, rejection, now: 50)
        #expect(letter.timestamp == 50)
        #expect(letter.topic == "t.dlq")
        let head = try #require(LetterHead(ours: letter.headers))
        #expect(head.isLost)
        #expect("\(head.origin)" == "t/2/7")
        let other = LetterHead(ours: writer.deadLetter(record("t"), rejection, attempts: 1, now: 5).headers)
        #expect(other?.isLost == false)
    }

    /// Otherwise two records that somebody gave the same headers would count as one.
    @Test func elsewhereOurHeadersAreNotBelieved() throws {
        let copied = writer.deadLetter(record("t"), rejection, attempts: 1, now: 50).headers
        var other = record("u", copied)
        other.offset = 99
        let letter = writer.deadLetter(other, rejection, attempts: 1, now: 60)
        #expect(letter.topic == "u.dlq")
        let head = try #require(LetterHead(ours: letter.headers))
        #expect(head.origin.description == "u/2/99")
        #expect(head.firstFailure == 60)
    }
}
