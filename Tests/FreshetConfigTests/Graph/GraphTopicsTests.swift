import Foundation
import FreshetConfig
import FreshetCore
import Testing

@Suite struct GraphTopicsTests {
    private func graph(_ topic: String) -> String {
        """
        freshet: 1
        topics:
          t: \(topic)
        kinds:
          a: {id: bigint, keys: [{template: "a:{id}"}]}
          b: {id: {x: bigint, y: uuid}, keys: [{template: "b:{x}:{y}"}]}
        edges:
          - {from: a, to: b, all: true, stops: true}
          - {from: b, to: a, all: true}

        """
    }

    private func topic(_ text: String) throws -> Topic { try GraphText.compile(graph(text)).graph.topics[0] }

    @Test func plainJSON() throws {
        let topic = try topic("{format: json, events: after-commit, kind: a, fields: {id: payload.id, version: [v.1]}}")
        #expect(topic.name == "t")
        #expect(topic.format == .json)
        #expect(topic.events == .afterCommit)
        #expect(topic.unknown == .ignore)
        #expect(topic.kind == KindIndex(0))
        #expect(topic.fields == Topic.Fields(id: [["payload", "id"]], version: ["v.1"]))
        #expect(topic.maxRecordSize == 1 << 20)
    }

    @Test func cloudEventsByDefault() throws {
        let topic = try topic("{format: cloudevents, events: after-commit, types: {a.changed: a}, unknown: reject}")
        #expect(topic.unknown == .reject)
        #expect(topic.types == ["a.changed": .init(kind: KindIndex(0), operation: .upsert)])
        #expect(
            topic.fields
                == Topic.Fields(type: ["type"], id: [["subject"]], time: ["time"], traceparent: ["traceparent"]))
    }

    @Test func debeziumByDefault() throws {
        let topic = try topic("{format: debezium, kind: b}")
        #expect(topic.events == .capture)
        #expect(
            topic.fields
                == Topic.Fields(
                    operation: ["op"], time: ["source", "ts_ms"], transaction: ["source", "txId"]))
    }

    @Test func aDebeziumTopicOfManyTablesNamesTheKindByTheTable() throws {
        let topic = try topic("{format: debezium}")
        #expect(topic.kind == nil)
        #expect(topic.fields.kind == ["source", "table"])
        #expect(topic.fields.id == [])
    }

    @Test func compositeIdsOfCloudEventsStandInTheData() throws {
        let topic = try topic("{format: cloudevents, events: after-commit, types: {b.changed: b}}")
        #expect(topic.fields.id == [["data", "x"], ["data", "y"]])
    }

    @Test func automaticTypes() throws {
        let text = graph("{format: json, events: after-commit, types: auto}").replacingOccurrences(
            of: "{x: bigint, y: uuid}", with: "uuid"
        ).replacingOccurrences(of: "b:{x}:{y}", with: "b:{id}")
        let topic = try GraphText.compile(text).graph.topics[0]
        #expect(topic.types.count == 6)
        #expect(topic.types["a.created"] == .init(kind: KindIndex(0), operation: .upsert))
        #expect(topic.types["b.updated"] == .init(kind: KindIndex(1), operation: .upsert))
        #expect(topic.types["b.deleted"] == .init(kind: KindIndex(1), operation: .delete))
        #expect(topic.fields.type == ["type"])
    }

    @Test(arguments: ["[k.x, k.y]", "{y: k.y, x: k.x}", "[[k, x], k.y]"])
    func compositePaths(_ id: String) throws {
        let topic = try topic("{format: json, events: after-commit, kind: b, fields: {id: \(id)}}")
        #expect(topic.fields.id == [["k", "x"], ["k", "y"]])
    }

    @Test(arguments: [
        (
            "{events: after-commit, kind: a}",
            "3: topics.t.format: is missing; write one of `json`, `cloudevents`, `debezium`"
        ),
        (
            "{format: xml, events: after-commit, kind: a}",
            "3: topics.t.format: `xml` is unknown here; known are `json`, `cloudevents`, `debezium`"
        ),
        (
            "{format: json, kind: a}",
            "3: topics.t.events: is missing; write `after-commit` if the producer sends after its commit returned, "
                + "`capture` for change data capture and relays built on it"
        ),
        (
            "{format: debezium, events: after-commit, kind: a}",
            "3: topics.t.events: Debezium reads the log and can be ahead of a commit's visibility; write `events: "
                + "capture`, or leave the line out"
        ),
        (
            "{format: json, events: capture, kind: a}",
            "3: topics.t: captured events can be ahead of their commit's visibility, and nothing says which commit "
                + "that is; add `transaction` (the transaction's id) or `version` to `fields`"
        ),
        (
            "{format: json, events: after-commit}",
            "3: topics.t: doesn't say which kind its events are about; write exactly one of `kind` (all the same), "
                + "`types` (by event type) or `fields.kind` (by a field)"
        ),
        (
            "{format: json, events: after-commit, kind: a, types: auto}",
            "3: topics.t: says in 2 ways which kind its events are about; write exactly one of `kind` (all the "
                + "same), `types` (by event type) or `fields.kind` (by a field)"
        ),
        (
            "{format: json, events: after-commit, kind: aa}",
            "3: topics.t.kind: there is no kind `aa`; did you mean `a`?"
        ),
        (
            "{format: json, events: after-commit, types: {x: {kind: aa}}}",
            "3: topics.t.types.x.kind: there is no kind `aa`; did you mean `a`?"
        ),
        (
            "{format: json, events: after-commit, types: {x: {kind: a, operation: remove}}}",
            "3: topics.t.types.x.operation: `remove` is unknown here; known are `upsert`, `delete`, `truncate`"
        ),
        (
            "{format: json, events: after-commit, types: {x: a, y: b}}",
            "3: topics.t.fields: the ids of a and b have other parts, so there is no common default; say where the "
                + "id stands: `id: PATH`"
        ),
        (
            "{format: json, events: after-commit, kind: b, fields: {id: k}}",
            "3: topics.t.fields.id: has 1 path, but the id of b has 2 parts; write one path for each part; kinds "
                + "with another number of parts need a topic of their own"
        ),
        (
            "{format: json, events: after-commit, kind: b, fields: {id: {x: k}}}",
            "3: topics.t.fields.id: has no path for `y`; write `y: PATH`"
        ),
        (
            "{format: json, events: after-commit, kind: a, fields: {id: a..b}}",
            "3: topics.t.fields.id: is no path into a JSON value; write up to 16 names joined by dots, as in `data.id`"
        ),
        (
            "{format: json, events: after-commit, kind: a, fields: {ids: x}}",
            "3: topics.t.fields.ids: there is no such setting; did you mean `id`?"
        ),
        (
            "{format: json, events: after-commit, kind: a, unknown: drop}",
            "3: topics.t.unknown: `drop` is unknown here; known are `ignore`, `reject`"
        ),
    ])
    func problems(_ topic: String, _ message: String) {
        #expect(GraphText.problems(graph(topic)).contains(message), "\(GraphText.problems(graph(topic)))")
    }
}
