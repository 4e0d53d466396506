import CommandKit
import FreshetCore
import FreshetWorker
import Testing

@testable import freshet

/// How letters look to people.
@Suite struct DlqTextTests {
    @Test func jsonIsIndentedWithEveryTokenAsItCame() {
        #expect(
            PayloadText.render(Array(#"{"b":1.50,"a":[1e3,{}, []],"t":"x,{\"y\"}"}"#.utf8)) == #"""
                {
                  "b": 1.50,
                  "a": [
                    1e3,
                    {},
                    []
                  ],
                  "t": "x,{\"y\"}"
                }
                """#)
    }

    @Test func whatIsNoJSONIsShownAsItIs() {
        #expect(PayloadText.render(nil) == "null (a tombstone: a delete)")
        #expect(PayloadText.render([]) == "(no bytes)")
        #expect(PayloadText.render(Array("{\"a\":".utf8)) == "{\"a\":")
        #expect(
            PayloadText.render([0, 0x41, 0xff])
                == "0000  00 41 ff                                         .A.")
    }

    /// A payload must not speak to the terminal.
    @Test func escapesAreShownAsDigits() {
        #expect(DlqText.bytes(Array("\u{1B}[2J".utf8)) == "0x1b5b324a")
        #expect(DlqText.bytes(nil) == "–")
        #expect(DlqText.bytes(Array(String(repeating: "a", count: 300).utf8)).count == 201)
    }

    @Test func aLineOfJSONHoldsEveryByte() throws {
        let headers = [RecordHeader(name: "a", value: [0, 255]), RecordHeader(name: "a", value: nil)]
        var head = LetterHead(
            origin: LetterOrigin(Partition(topic: "t", number: 0), offset: 1), reason: "x", message: "y")
        head.lastFailure = 5
        let record = RecordCopy(
            partition: Partition(topic: "t.dlq", number: 2), offset: 8, timestamp: 123, key: nil, value: [1, 0xff],
            headers: head.headers(over: headers))
        let row = DlqListView.Row(
            topic: "t.dlq", state: .open, copies: 1, replays: 0,
            sight: LetterSight(record) { _ in LetterSubject(reading: .ignored, kinds: [], entities: []) })
        let line = DlqJSON.line(row, record)
        #expect(!line.contains("\n"))
        let letter = try #require(DlqJSON.read(line))
        #expect(letter.topic == "t.dlq")
        #expect(letter.key == nil)
        #expect(letter.value == [1, 0xff])
        #expect(letter.timestamp == 123)
        #expect(letter.headers == record.headers)
        #expect(DlqJSON.read("{}") == nil)
        #expect(DlqJSON.read(line.replacing(DlqJSON.base64([1, 0xff]), with: "?")) == nil)
    }

    @Test func barsShowWhenItHappened() {
        var stats = LetterStats(now: 1_700_000_000_000)
        var index = LetterIndex()
        for offset in Int64(0)..<4 {
            var head = LetterHead(
                origin: LetterOrigin(Partition(topic: "t", number: 0), offset: offset), reason: "invalid-id",
                message: "")
            head.lastFailure = 1_700_000_000_000 - (offset == 0 ? 7_200_000 : 0)
            let record = RecordCopy(
                partition: Partition(topic: "t.dlq", number: 0), offset: offset, timestamp: 0, key: nil, value: nil,
                headers: head.headers(over: []))
            let sight = LetterSight(record) { _ in LetterSubject(reading: .ignored, kinds: ["team"], entities: []) }
            let taken = index.add(sight, matches: true)
            #expect(taken)
        }
        stats.add(index)
        let lines = DlqStatsView(stats).text.split(separator: "\n").map(String.init)
        #expect(
            lines.first
                == "4 letters open, the oldest of 2023-11-14 20:13:20Z, the newest of 2023-11-14 22:13:20Z")
        #expect(lines.contains("invalid-id        4"))
        #expect(lines.contains("2023-11-14 20:00  1 █████████████"))
        #expect(lines.contains("2023-11-14 21:00  0"))
        #expect(lines.last == "2023-11-14 22:00  3 " + String(repeating: "█", count: 40))
    }
}
