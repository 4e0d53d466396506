import FreshetCore
import Testing

@Suite struct IDTextTests {
    private func bytes<R>(_ text: [UInt8], _ body: (UnsafeRawBufferPointer) -> R) -> R {
        text.withUnsafeBytes(body)
    }

    @Test(
        arguments: [
            ("0", 0), ("7", 7), ("-7", -7), ("9223372036854775807", Int64.max), ("-9223372036854775808", Int64.min),
            ("1000000000000000000", 1_000_000_000_000_000_000),
        ] as [(String, Int64)])
    func bigint(_ text: String, _ value: Int64) {
        #expect(bytes(Array(text.utf8), IDText.bigint) == value)
    }

    @Test(arguments: [
        "", "-", "+7", "007", "-0", "00", " 7",
        "7 "
            + "", "7.0", "1e3", "0x7", "9223372036854775808", "-9223372036854775809",
        "99999999999999999999", "18446744073709551617", "٧", "7\0",
    ])
    func notABigint(_ text: String) {
        #expect(bytes(Array(text.utf8), IDText.bigint) == nil)
    }

    @Test func uuidOfEitherCase() {
        let bits = UUIDBits(high: 0x0123_4567_89ab_cdef, low: 0xfedc_ba98_7654_3210)
        #expect(bytes(Array("01234567-89ab-cdef-fedc-ba9876543210".utf8), IDText.uuid) == bits)
        #expect(bytes(Array("01234567-89AB-CDEF-FEDC-BA9876543210".utf8), IDText.uuid) == bits)
    }

    @Test(arguments: [
        "", "0123456789abcdeffedcba9876543210", "{01234567-89ab-cdef-fedc-ba9876543210}",
        "01234567-89ab-cdef-fedc-ba987654321g", "01234567-89ab-cdef-fedcb-a9876543210",
        "01234567-89ab-cdef-fedc-ba98765432100", "01234567-89ab-cdef-fedc-ba987654321",
    ])
    func notAUUID(_ text: String) {
        #expect(bytes(Array(text.utf8), IDText.uuid) == nil)
    }

    @Test(arguments: ["a", "a:b*?[]{}%\\ \"", "Ünïcödé", "日本", "😀", "\u{10FFFF}", String(repeating: "x", count: 200)])
    func soundText(_ text: String) {
        #expect(bytes(Array(text.utf8), IDText.flaw) == nil)
    }

    @Test(
        arguments: [
            ([], "is empty"),
            (Array(repeating: 0x61, count: 201), "is longer than 200 bytes"),
            ([0x61, 0x00], "contains a control character"),
            ([0x1F], "contains a control character"),
            ([0x7F], "contains a control character"),
            ([0xC2, 0x85], "contains a control character"),
            ([0x80], "is not valid UTF-8"),
            ([0xC0, 0x80], "is not valid UTF-8"),
            ([0xE0, 0x80, 0x80], "is not valid UTF-8"),
            ([0xED, 0xA0, 0x80], "is not valid UTF-8"),
            ([0xF4, 0x90, 0x80, 0x80], "is not valid UTF-8"),
            ([0xF0, 0x9F, 0x98], "is not valid UTF-8"),
            ([0xC3], "is not valid UTF-8"),
        ] as [([UInt8], String)])
    func flawedText(_ text: [UInt8], _ flaw: String) {
        #expect(bytes(text, IDText.flaw) == flaw)
    }

    @Test func agreesWithSwiftAboutUTF8() {
        var random = SplitMix(seed: 7)
        for _ in 0..<50_000 {
            let text = (0..<Int.random(in: 1...5, using: &random)).map { _ in
                UInt8.random(in: Bool.random(using: &random) ? 0x80...0xFF : 0x20...0x7E, using: &random)
            }
            let isValid = String(validating: text, as: UTF8.self) != nil
            // A control character further in front is told first.
            let flaw = bytes(text, IDText.flaw)
            if flaw == "contains a control character" { continue }
            #expect((flaw == nil) == isValid, "\(text)")
        }
    }
}
