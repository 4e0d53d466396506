import FreshetCore
import FreshetEvents
import Testing

@Suite struct CloudEventsTests {
    static let topic = Sample.topic(
        .cloudEvents,
        types: [
            "league.match.updated": Topic.Meaning(kind: Sample.kind("match"), operation: .upsert),
            "league.match.deleted": Topic.Meaning(kind: Sample.kind("match"), operation: .delete),
        ],
        fields: Topic.Fields(id: [["data", "id"]], version: ["data", "version"]))
    let decoder = EventDecoder(graph: Sample.graph(Self.topic))
    /// Ids in the subject: the data isn't looked at.
    let bySubject: EventDecoder = {
        var topic = Self.topic
        topic.fields = Topic.Fields(version: ["matchversion"])
        return EventDecoder(graph: Sample.graph(topic))
    }()
    static let trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    static let structured =
        #"{"specversion":"1.0","id":"A1","source":"/league","type":"league.match.updated","subject":"4711","#
        + #""time":"2026-11-20T12:00:00.123Z","traceparent":"\#(trace)","datacontenttype":"application/json","#
        + #""data":{"id":4711,"version":18,"type":"x"}}"#
    static let headers = [
        ("ce_specversion", "1.0"), ("ce_id", "A1"), ("ce_source", "/league"), ("ce_type", "league.match.updated"),
        ("ce_subject", "4711"), ("ce_time", "2026-11-20T12:00:00.123Z"), ("ce_traceparent", trace),
        ("ce_matchversion", "18"), ("content-type", "application/json"),
    ]
    static let change = Change(
        entity: EntityRef(kind: Sample.kind("match"), int: 4711), operation: .upsert, version: 18,
        eventTime: 1_795_176_000_123)

    @Test func structuredMode() {
        let seen = decoder.seen(
            Self.structured, headers: [("content-type", "application/cloudevents+json; charset=UTF-8")])
        #expect(seen.answer == "changes", "\(seen.message)")
        #expect(seen.changes == [Self.change])
        #expect(seen.traceparent == Self.trace)
        #expect(decoder.seen(Self.structured) == seen)
    }

    @Test func binaryMode() {
        let seen = decoder.seen(
            #"{"id":4711,"version":18,"specversion":1}"#.replacing("specversion", with: "x"), headers: Self.headers)
        #expect(seen.answer == "changes", "\(seen.message)")
        #expect(seen.changes == [Self.change])
        #expect(seen.traceparent == Self.trace)
    }

    @Test func binaryModeBySubjectDoesNotReadTheData() {
        for value in [[0x00, 0, 0, 0, 1, 0xFF], Array("not json".utf8)] as [[UInt8]] {
            let seen = bySubject.seen(
                value, headers: Self.headers.map { RecordHeader(name: $0.0, value: Array($0.1.utf8)) })
            #expect(seen.answer == "changes", "\(seen.message)")
            #expect(seen.changes == [Self.change])
        }
        #expect(bySubject.tombstone(nil, headers: Self.headers).changes == [Self.change])
        #expect(decoder.tombstone("match:9", headers: Self.headers).change?.operation == .delete)
    }

    @Test func tracingHeaderStandsInForTheExtension() {
        let headers = Self.headers.filter { $0.0 != "ce_traceparent" } + [("traceparent", Self.trace)]
        #expect(bySubject.seen("{}", headers: headers).traceparent == Self.trace)
    }

    @Test func deletesAndUnknownTypes() {
        let deleted = Self.structured.replacing("match.updated", with: "match.deleted")
        #expect(decoder.seen(deleted).change?.operation == .delete)
        #expect(decoder.seen(Self.structured.replacing("match.updated", with: "cup.drawn")).answer == "ignored")
    }

    @Test func envelopesThatAreNone() {
        #expect(decoder.seen(#"{"id":1}"#).answer == "invalid-envelope")
        #expect(decoder.seen("x").answer == "malformed-json")
        #expect(decoder.seen([0, 0, 0, 0, 1]).answer == "unsupported-format")
        let old = decoder.seen(Self.structured.replacing(#""1.0""#, with: #""0.3""#))
        #expect(old.answer == "unsupported-format")
        #expect(old.message == #"CloudEvents `specversion` is "0.3"; 1.0 is supported"#)
        #expect(decoder.seen(Self.structured.replacing(#""source":"/league","#, with: "")).answer == "invalid-envelope")
        #expect(
            decoder.seen("{}", headers: Self.headers.filter { $0.0 != "ce_source" }).answer == "invalid-envelope")
    }

    @Test func dataThatIsNoObject() {
        let data = #""data":{"id":4711,"version":18,"type":"x"}"#
        let twice = decoder.seen(Self.structured.replacing(data, with: #""data":"{\"id\":4711}""#))
        #expect(twice.answer == "unsupported-format")
        #expect(
            decoder.seen(Self.structured.replacing(data, with: #""data_base64":"AAAA""#)).answer == "unsupported-format"
        )
        #expect(decoder.seen(Self.structured.replacing(data, with: #""data":null"#)).answer == "missing-field")
        #expect(decoder.seen("[]", headers: Self.headers).answer == "wrong-type")
        let bytes = Self.headers.map { RecordHeader(name: $0.0, value: $0.0 == "ce_type" ? [0xFF] : Array($0.1.utf8)) }
        #expect(decoder.seen(Array("{}".utf8), headers: bytes).answer == "invalid-envelope")
    }
}
