import FreshetConfig
import Testing

@Suite struct UnitsTests {
    @Test(
        arguments: [
            ("30d", 2_592_000_000), ("24h", 86_400_000), ("15m", 900_000), ("10s", 10_000), ("250ms", 250), ("0s", 0),
        ] as [(String, Int64)])
    func durations(_ text: String, _ milliseconds: Int64) {
        #expect(Units.duration(text) == milliseconds)
    }

    @Test(arguments: [
        "", "30", "d", "-1s", "+1s", "1.5h", "30 d", "30D", "9999999999999999s", "٣s", "1h30m",
        "200000000000d",
    ])
    func notDurations(_ text: String) {
        #expect(Units.duration(text) == nil)
    }

    @Test(arguments: [("512B", 512), ("64KiB", 65_536), ("16MiB", 16_777_216), ("1GiB", 1_073_741_824)])
    func sizes(_ text: String, _ bytes: Int) {
        #expect(Units.size(text) == bytes)
    }

    @Test(arguments: ["64", "64KB", "64kib", "1TiB", ""])
    func notSizes(_ text: String) {
        #expect(Units.size(text) == nil)
    }

    @Test(arguments: [("5%", 50), ("2.5%", 25), ("0%", 0), ("100%", 1000)])
    func percentages(_ text: String, _ thousandths: Int) {
        #expect(Units.percent(text) == thousandths)
    }

    @Test(arguments: ["5", "%", "101%", "2.55%", "-1%", ".5%", "5.%"])
    func notPercentages(_ text: String) {
        #expect(Units.percent(text) == nil)
    }

    @Test func writtenInTheLargestUnitThatFits() {
        #expect(Units.write(duration: 86_400_000) == "1d")
        #expect(Units.write(duration: 90_000) == "90s")
        #expect(Units.write(duration: 0) == "0s")
        #expect(Units.write(size: 65_536) == "64KiB")
        #expect(Units.write(size: 1000) == "1000B")
        #expect(Units.write(percent: 50) == "5%")
        #expect(Units.write(percent: 25) == "2.5%")
    }
}
