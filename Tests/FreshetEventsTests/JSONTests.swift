import FreshetCore
import FreshetEvents
import Testing

/// What is JSON and what isn't, seen through a decoder that asks for two fields.
@Suite struct JSONTests {
    let decoder = EventDecoder(
        graph: Sample.graph(
            Sample.topic(
                .json, kind: "match", fields: Topic.Fields(id: [["id"]], version: ["a", "v"]), maxRecordSize: 4096)))

    @Test(arguments: [
        "{\"id\":1}", " \t\r\n{ \"id\" : 1 } \n", "\u{FEFF}{\"id\":1}", "{\"id\":1,\"x\":[]}", "{\"id\":1,\"x\":{}}",
        "{\"x\":[1,-0.5e+10,\"a\",null,true,false,[[]],{\"y\":{}}],\"id\":1}",
        "{\"x\":\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\",\"id\":1}",
        "{\"\\u0069d\":1}", "{\"id\":7,\"id\":1}", "{\"a\":{\"id\":5},\"id\":1}", "{\"a\":[{\"v\":\"x\"}],\"id\":1}",
        "{\"é☃😀\":\"é☃😀\",\"id\":1}", "{\"a\":{\"v\":\"bad\"},\"a\":7,\"id\":1}", "{\"\":0,\"id\":1}",
    ])
    func valid(_ text: String) {
        let seen = decoder.seen(text)
        #expect(seen.answer == "changes", "\(seen.message)")
        #expect(seen.change?.entity.int == 1)
        #expect(seen.change?.version == nil)
    }

    @Test(arguments: [
        "{", "}", "{\"id\":1", "{\"id\":1}}", "{\"id\":1} x", "{\"id\":1,}", "{\"id\":1,,\"x\":2}", "{\"id\" 1}",
        "{id:1}",
        "{\"id\":1]", "{\"x\":[1,],\"id\":1}", "{\"x\":[1 2],\"id\":1}", "{\"x\":[1},\"id\":1}", "{\"x\":tru,\"id\":1}",
        "{\"x\":nul", "{\"id\":1,\"x\":\"\u{1}\"}", "{\"id\":1,\"x\":\"\n\"}", "{\"id\":1,\"x\":1.}",
        "{\"id\":1,\"x\":.5}",
        "{\"id\":1,\"x\":1e}", "{\"id\":1,\"x\":-}", "{\"id\":1,\"x\":01}", "{\"id\":1,\"x\":Infinity}",
        "{\"id\":1,\"x\":\"\\u12g4\"}",
        "{\"id\":1,\"x\":\"\\", "{\"id\":1,\"x\":\"\\u12", "{\"id\":1,\"x\":\"abcdefghijklmnop", "nul", "\u{FEFF}",
        "   ",
    ])
    func malformed(_ text: String) {
        #expect(decoder.seen(text).answer == "malformed-json")
    }

    @Test(
        arguments: [
            [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xFF], [0xE2, 0x98], [0x80],
            [0xF0, 0x80, 0x80, 0x80],
        ] as [[UInt8]])
    func invalidUTF8(_ bytes: [UInt8]) {
        let seen = decoder.seen(Array("{\"id\":1,\"x\":\"".utf8) + bytes + Array("\"}".utf8))
        #expect(seen.answer == "malformed-json")
        #expect(seen.message == "the value is no JSON: invalid UTF-8 at byte 13")
    }

    @Test func rootsThatAreNoObject() {
        for text in ["1", "\"x\"", "null", "true", "[]", "[{\"id\":1}]"] {
            #expect(decoder.seen(text).answer == "wrong-type")
        }
        #expect(decoder.seen(#""{\"id\":1}""#).answer == "unsupported-format")
    }

    @Test func depthAndSizeAreBounded() {
        func nested(_ levels: Int) -> String {
            "{\"id\":1,\"x\":" + String(repeating: "[", count: levels) + String(repeating: "]", count: levels) + "}"
        }
        #expect(decoder.seen(nested(63)).answer == "changes")
        #expect(decoder.seen(nested(64)).answer == "too-deep")
        #expect(decoder.seen(String(repeating: "[", count: 4096)).answer == "too-deep")
        #expect(decoder.seen("{\"id\":1}" + String(repeating: " ", count: 4088)).answer == "changes")
        #expect(decoder.seen("{\"id\":1}" + String(repeating: " ", count: 4089)).answer == "too-large")
    }

    @Test func foreignFormatsAreRefusedByName() {
        let framed = decoder.seen([0, 0, 0, 1, 2, 0x22, 0x33])
        #expect(framed.answer == "unsupported-format")
        #expect(framed.message.contains("magic byte 0, schema 258"))
        #expect(decoder.seen(Array("Obj\u{1}avro.schema".utf8)).answer == "unsupported-format")
        #expect(decoder.seen([0, 1]).answer == "malformed-json")
    }

    @Test(arguments: [
        ("2026-11-20T12:00:00.123Z", 1_795_176_000_123), ("2026-11-20 12:00:00", 1_795_176_000_000),
        ("2026-11-20T14:00:00.123456+02:00", 1_795_176_000_123), ("2026-11-20T10:30:00-0130", 1_795_176_000_000),
        ("2026-11-20T13:00:00+01", 1_795_176_000_000), ("1970-01-01T00:00:00Z", 0),
        ("2024-02-29T00:00:00Z", 1_709_164_800_000),
        ("1969-12-31T23:59:59Z", -1), ("2026-13-20T12:00:00Z", -1), ("2026-11-20T25:00:00Z", -1), ("yesterday", -1),
        ("2026-11-20T12:00:00.Z", -1), ("2026-11-20T12:00:00+1", -1), ("9999-12-31T23:59:59.999Z", 253_402_300_799_999),
    ])
    func times(_ text: String, _ expected: Int64) {
        let decoder = EventDecoder(
            graph: Sample.graph(Sample.topic(.json, kind: "match", fields: Topic.Fields(id: [["id"]], time: ["t"]))))
        #expect(decoder.seen("{\"id\":1,\"t\":\"\(text)\"}").change?.eventTime == expected)
    }
}
