import FreshetCore
import FreshetEvents
import Testing

@Suite struct PlainEventsTests {
    let decoder = EventDecoder(graph: Sample.graph(Sample.league()))
    static let event =
        #"{"id":"01JD3W2N8Q4YB6ZK5T7XH9MVCE","type":"match.updated","kind":"match","entity":4711,"version":18,"#
        + #""occurredAt":"2026-11-20T12:00:00.123Z","source":"bench","#
        + #""traceparent":"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01","#
        + #""data":{"home_goals":1,"away_goals":2}}"#

    @Test func readsTheLeaguesEvent() {
        let seen = decoder.seen(Self.event)
        #expect(seen.answer == "changes", "\(seen.message)")
        #expect(
            seen.changes == [
                Change(
                    entity: EntityRef(kind: Sample.kind("match"), int: 4711), operation: .upsert, version: 18,
                    eventTime: 1_795_176_000_123)
            ])
        #expect(seen.traceparent == "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
    }

    @Test func typesGiveKindAndOperation() {
        let deleted = decoder.seen(#"{"type":"match.deleted","entity":"7"}"#).change
        #expect(deleted?.operation == .delete)
        #expect(deleted?.entity == EntityRef(kind: Sample.kind("match"), int: 7))
        #expect(deleted?.version == nil)
        #expect(deleted?.eventTime == -1)
        #expect(decoder.seen(#"{"type":"referee.updated","entity":7}"#).answer == "ignored")
        let strict = EventDecoder(graph: Sample.graph(Sample.league(.reject)))
        let refused = strict.seen(#"{"type":"referee.updated","entity":7}"#)
        #expect(refused.answer == "unknown-kind")
        #expect(refused.message == #"field `type` is "referee.updated", which topic changes does not map"#)
        #expect(decoder.seen(#"{"entity":7}"#).answer == "missing-field")
        #expect(decoder.seen(#"{"type":5,"entity":7}"#).answer == "wrong-type")
    }

    @Test func kindAndOperationFieldsOfNestedObjects() {
        let fields = Topic.Fields(
            kind: ["meta", "kind"], operation: ["meta", "op"], id: [["data", "ref", "id"]], version: ["data", "v"],
            time: ["at"], transaction: ["tx"])
        let decoder = EventDecoder(graph: Sample.graph(Sample.topic(.json, fields: fields)))
        let seen = decoder.seen(
            #"{"data":{"x":[1,{"ref":{"id":9}}],"ref":{"id":12,"z":{}},"v":"3"},"at":1795176000123,"tx":"739:5","#
                + #""meta":{"op":"removed","kind":"team"}}"#)
        #expect(seen.answer == "changes", "\(seen.message)")
        #expect(
            seen.change
                == Change(
                    entity: EntityRef(kind: Sample.kind("team"), int: 12), operation: .delete, version: 3,
                    transaction: 739,
                    eventTime: 1_795_176_000_123))
        let odd = #"{"data":{"ref":{"id":12}},"meta":{"op":"merge","kind":"team"}}"#
        #expect(decoder.seen(odd).answer == "unknown-operation")
        #expect(decoder.seen(#"{"data":{"ref":{"id":12}},"meta":{"kind":"team"}}"#).answer == "missing-field")
        #expect(decoder.seen(#"{"meta":{"op":"c","kind":"team"}}"#).answer == "missing-field")
    }

    @Test(arguments: [
        ("4711", "changes"), ("-1", "changes"), ("9223372036854775807", "changes"), ("-9223372036854775808", "changes"),
        ("9223372036854775808", "invalid-id"), ("99999999999999999999999999", "invalid-id"), ("1.0", "invalid-id"),
        ("1e3", "invalid-id"), (#""4711""#, "changes"), (#""\u0034711""#, "changes"), (#""04711""#, "invalid-id"),
        (#""""#, "invalid-id"), (#""47 11""#, "invalid-id"), ("true", "wrong-type"), ("{}", "wrong-type"),
        ("[4711]", "wrong-type"), ("null", "missing-field"), ("-0", "invalid-id"), ("NaN", "malformed-json"),
        ("04711", "malformed-json"), ("+1", "malformed-json"), ("-", "malformed-json"), ("0x10", "malformed-json"),
        (#""\ud800""#, "malformed-json"), (#""\ud83d\ude00""#, "invalid-id"), (#""\x""#, "malformed-json"),
    ])
    func ids(_ id: String, _ answer: String) {
        let seen = decoder.seen(#"{"type":"match.updated","entity":\#(id)}"#)
        #expect(seen.answer == answer, "\(seen.message)")
        #expect((seen.answer == "changes") == (seen.changes.count == 1))
    }

    @Test(arguments: [
        ("18", "changes"), ("null", "changes"), (#""18""#, "changes"), ("18.5", "invalid-version"),
        ("9223372036854775808", "invalid-version"), ("true", "invalid-version"), (#""new""#, "invalid-version"),
        ("[]", "invalid-version"),
    ])
    func versions(_ version: String, _ answer: String) {
        #expect(decoder.seen(#"{"type":"match.updated","entity":1,"version":\#(version)}"#).answer == answer)
    }

    @Test func idsOfEveryType() {
        let fields = Topic.Fields(kind: ["kind"], id: [["a"], ["b"]])
        let decoder = EventDecoder(graph: Sample.graph(Sample.topic(.json, fields: fields)))
        let item = decoder.seen(#"{"kind":"item","a":"0189D3F2-1c2b-7def-8123-456789abcdef"}"#).change?.entity
        #expect(item == EntityRef(kind: Sample.kind("item"), high: 0x0189_d3f2_1c2b_7def, low: 0x8123_4567_89ab_cdef))
        #expect(decoder.seen(#"{"kind":"note","a":"a\u003ab\t"}"#).answer == "invalid-id")
        #expect(decoder.seen(#"{"kind":"note","a":"a\u003ab \ud83d\ude00 ☃"}"#).pool == ["a:b 😀 ☃"])
        #expect(decoder.seen(#"{"kind":"stock","b":"w/1","a":360}"#).pool == ["360|w/1"])
        #expect(decoder.seen(#"{"kind":"stock","b":"w/1"}"#).answer == "missing-field")
    }

    @Test func fieldsOfThePayloadNameTargets() {
        let topic = Sample.topic(.json, kind: "match", fields: Topic.Fields(id: [["id"]]))
        let edges = [
            Sample.edge("match", "team", ["home"]), Sample.edge("match", "note", ["tags"]),
            Sample.edge("team", "note", ["x"]),
        ]
        let decoder = EventDecoder(graph: Sample.graph(topic, edges: edges))
        let seen = decoder.seen(#"{"id":1,"home":12,"tags":["a", null ,"b\u0063"],"x":"no"}"#)
        #expect(
            seen.targets == [
                ChangeBuffer.Target(edge: 0, entity: EntityRef(kind: Sample.kind("team"), int: 12)),
                ChangeBuffer.Target(edge: 1, entity: EntityRef(kind: Sample.kind("note"), high: 0, low: 0)),
                ChangeBuffer.Target(edge: 1, entity: EntityRef(kind: Sample.kind("note"), high: 0, low: 1)),
            ])
        #expect(seen.pool == ["a", "bc"])
        #expect(seen.change?.targets == 0..<3)
        #expect(decoder.seen(#"{"id":1,"home":null}"#).change?.targets == 0..<0)
        let refused = decoder.seen(#"{"id":1,"tags":["a",[1]]}"#)
        #expect(refused.answer == "wrong-type")
        #expect(refused.targets.isEmpty)
    }

    @Test func tombstones() {
        #expect(decoder.tombstone("match:4711").change?.entity == EntityRef(kind: Sample.kind("match"), int: 4711))
        #expect(decoder.tombstone("match:4711").change?.operation == .delete)
        #expect(decoder.tombstone(#""match:4711""#).change?.entity == EntityRef(kind: Sample.kind("match"), int: 4711))
        #expect(decoder.tombstone("referee:1").answer == "ignored")
        #expect(decoder.tombstone("match:x").answer == "invalid-id")
        #expect(decoder.tombstone("4711").answer == "unknown-kind")
        #expect(decoder.tombstone(nil).answer == "empty-value")
        #expect(decoder.tombstone("").answer == "empty-value")
        #expect(decoder.seen([], key: Array("match:1".utf8)).answer == "empty-value")
        let single = EventDecoder(
            graph: Sample.graph(Sample.topic(.json, kind: "note", fields: Topic.Fields(id: [["id"]]))))
        #expect(single.tombstone("a:b%").pool == ["a:b%"])
        #expect(single.tombstone("note:a").pool == ["a"])
        #expect(single.tombstone(#"{"id":"x"}"#).pool == ["x"])
    }
}
