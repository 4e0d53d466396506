import Glibc
import Testing

@testable import CommandKit
@testable import freshet

@Suite struct OutputTests {
    @Test func columnsAreAligned() {
        let table = Table(
            [.init("key"), .init("count", .right), .init("note")],
            rows: [["v1:team:1", "7", "ok"], ["v1:é", "12345"], ["a\nb", "0", ""]])
        #expect(
            table.render() == """
                KEY        COUNT  NOTE
                v1:team:1      7  ok
                v1:é       12345
                a\\x0ab         0
                """)
    }

    @Test func objectsKeepTheirOrder() {
        let json: JSON = ["b": 1, "a": ["x", nil, true, .double(1.5)], "empty": [:], "t": "q\"\n"]
        #expect(json.render() == #"{"b":1,"a":["x",null,true,1.5],"empty":{},"t":"q\"\n"}"#)
        #expect(
            json.render(indented: true) == """
                {
                  "b": 1,
                  "a": [
                    "x",
                    null,
                    true,
                    1.5
                  ],
                  "empty": {},
                  "t": "q\\"\\n"
                }
                """)
    }

    @Test(
        arguments: [
            ("2024-05-19", 1_716_076_800_000), ("2024-05-19T15:00:00Z", 1_716_130_800_000),
            ("2024-05-19T17:00:00+02:00", 1_716_130_800_000), ("2024-05-19 15:00", 1_716_130_800_000),
            ("2024-05-19T15:00:00.5", 1_716_130_800_500), ("2024-02-29", 1_709_164_800_000),
            ("1969-12-31T23:59:59.999Z", -1), ("2023-02-29", nil), ("2024-13-01", nil), ("2024-05-19T24:00:00Z", nil),
            ("2024-05-19T15:00:00Zx", nil), ("yesterday", nil), ("", nil),
        ] as [(String, Int64?)])
    func pointsInTime(text: String, milliseconds: Int64?) {
        #expect(DateTime.milliseconds(text) == milliseconds)
    }

    @Test func progressWithoutATerminalIsALineNowAndThen() {
        var time: UInt64 = 0
        let stream = OutputStream()
        var progress = Progress("warm", total: 1000, unit: "keys", on: stream, now: { time })
        for step in 1...10 {
            time = UInt64(step) * 1_000_000_000
            progress.advance(to: Int64(step) * 100)
        }
        progress.finish()
        #expect(
            stream.collected == """
                warm: 500 of 1000 keys (50%), 100 keys/s, about 5 s left
                warm: 1000 of 1000 keys (100%), 100 keys/s
                warm: 1000 of 1000 keys (100%), 100 keys/s

                """)
    }

    @Test func progressOnATerminalIsABar() {
        let stream = OutputStream(collectingAsTerminal: true)
        var progress = Progress("warm", total: 4, unit: "keys", on: stream, now: { 0 })
        progress.advance(by: 1)
        #expect(
            stream.collected
                == "\r\u{1B}[2K[##########..............................] warm: 1 of 4 keys (25%)")
    }

    @Test func aReaderThatWentAwayIsToldOnceAndIsNoError() throws {
        var ends: [Int32] = [-1, -1]
        try #require(pipe(&ends) == 0)
        signal(SIGPIPE, SIG_IGN)
        let stream = OutputStream(descriptor: ends[1])
        let stop = Stop()
        stream.whenBroken { stop.request() }
        close(ends[0])
        stream.write("nobody reads this\n")
        stream.write("nor this\n")
        #expect(stop.isRequested)
        close(ends[1])
    }

    @Test func stopIsHeardByAllWhoWait() async {
        let stop = Stop()
        async let first: Void = stop.wait()
        async let second = stop.sleep(milliseconds: 600_000)
        stop.onRequest {}
        stop.request()
        await first
        #expect(await second)
        #expect(stop.isRequested)
        await stop.wait()
        #expect(await stop.sleep(milliseconds: 600_000))
    }

    @Test func sleepEndsByItselfToo() async {
        #expect(await Stop().sleep(milliseconds: 1) == false)
    }
}
