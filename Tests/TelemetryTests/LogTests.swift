import Glibc
import Testing

@testable import Telemetry

@Suite struct LogTests {
    private func log(_ sink: some LogSink, level: LogLevel = .info, time: Int64 = 1_716_130_800_123) -> Log {
        Log(level: level, sink: sink, clock: { time })
    }

    @Test func fieldsAndContextInOrder() {
        let sink = CollectingLogSink()
        log(sink).with(["lane": 1]).info(.batchApplied, ["records": 3, "topic": "a b"], traceparent: "00-ab-cd-01")
        let line = sink.lines[0]
        #expect(
            line.json()
                == #"{"time":"2024-05-19T15:00:00.123Z","level":"info","message":"batch-applied","#
                + #""traceparent":"00-ab-cd-01","lane":1,"records":3,"topic":"a b"}"#)
        #expect(
            line.plain(colour: false)
                == #"15:00:00.123 info    batch applied  lane=1 records=3 topic="a b" traceparent=00-ab-cd-01"#)
    }

    @Test func belowItsLevelNothingIsMade() {
        let sink = CollectingLogSink()
        var made = false
        func fields() -> LogFields {
            made = true
            return [:]
        }
        log(sink).debug(.batchApplied, fields())
        #expect(sink.lines.isEmpty)
        #expect(!made)
    }

    @Test func valuesKeepTheirTypes() {
        let line = LogLine(
            time: 0, level: .error, message: .internalError,
            fields: [
                "a": true, "b": 1.5, "c": .duration(1_234_567), "d": ["x", "y"], "e": "line\nbreak \"quoted\"",
            ], traceparent: nil)
        #expect(
            line.json()
                == #"{"time":"1970-01-01T00:00:00.000Z","level":"error","message":"internal-error","#
                + #""a":true,"b":1.5,"c":1.235,"d":["x","y"],"e":"line\nbreak \"quoted\""}"#)
    }

    @Test func controlCharactersCantBreakALine() {
        var text = ""
        JSONText.append(string: "\u{1B}[31m\u{0}\u{2028}é", to: &text)
        #expect(text == #""\u001b[31m\u0000\u2028é""#)
    }

    @Test(
        arguments: [
            (0, "1970-01-01T00:00:00.000Z"), (-1, "1969-12-31T23:59:59.999Z"),
            (951_782_400_000, "2000-02-29T00:00:00.000Z"), (4_107_542_399_999, "2100-02-28T23:59:59.999Z"),
            (.max, "9999-12-31T23:59:59.999Z"), (.min, "0000-01-01T00:00:00.000Z"),
        ] as [(Int64, String)])
    func timesAsText(milliseconds: Int64, text: String) {
        #expect(TimeText.utc(milliseconds) == text)
    }

    @Test func aFloodOfOneMessageIsHeldBackAndCounted() {
        var rate = LogRate()
        func line(_ message: LogMessage, _ time: Int64) -> LogLine {
            LogLine(time: time, level: .info, message: message, fields: [:], traceparent: nil)
        }
        let admitted = (0..<80).compactMap { _ in rate.admit(line(.recordRejected, 1000)) }
        #expect(admitted == Array(repeating: 0, count: 50))
        #expect(rate.admit(line(.account, 1000)) == 0)
        #expect(rate.admit(line(.recordRejected, 2000)) == 30)
        #expect(rate.admit(line(.recordRejected, 2000)) == 0)
    }

    @Test func aReaderThatStopsReadingHoldsNobodyUp() throws {
        var ends: [Int32] = [-1, -1]
        try #require(pipe(&ends) == 0)
        defer { for end in ends { close(end) } }
        let sink = StreamLogSink(descriptor: ends[1], form: .json)
        // 16 lines of a kilobyte every second: the pipe's 64 KiB are full long before the end.
        for second in 0..<20 {
            for number in 0..<16 {
                log(sink, time: Int64(second) * 1000).info(
                    .progress, ["n": .int(number), "text": .string(String(repeating: "x", count: 1000))])
            }
        }
        let filled = drain(ends[0])
        #expect(filled.allSatisfy { $0.hasPrefix("{") && $0.hasSuffix("}") })
        #expect(filled.count < 320)
        log(sink, time: 100_000).info(.account)
        let after = drain(ends[0])
        #expect(after.count == 2)
        #expect(after[0].contains(#""message":"log-lines-dropped","count":\#(320 - filled.count)"#))
        #expect(after[1].contains(#""message":"account""#))
    }

    @Test func aLineThatIsTooLongIsStillAnObject() throws {
        var ends: [Int32] = [-1, -1]
        try #require(pipe(&ends) == 0)
        defer { for end in ends { close(end) } }
        log(StreamLogSink(descriptor: ends[1], form: .json)).info(
            .account, ["text": .string(String(repeating: "\u{1}", count: 5000)), "n": 7])
        let line = try #require(drain(ends[0]).first)
        #expect(line.utf8.count < 4096)
        #expect(line.hasSuffix(#"…","n":7}"#))
    }

    private func drain(_ descriptor: Int32) -> [String] {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        var request = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        while poll(&request, 1, 0) == 1 {
            let count = read(descriptor, &buffer, buffer.count)
            if count <= 0 { break }
            bytes += buffer.prefix(count)
        }
        return String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
    }
}
