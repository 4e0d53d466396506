import CommandKit
import Foundation
import FreshetCore
import FreshetWorker

/// A letter as a line of JSON: for people and `jq` what it says, for `import` every byte of it.
enum DlqJSON {
    static func base64(_ bytes: [UInt8]) -> String { Data(bytes).base64EncodedString() }

    static func headers(_ headers: [RecordHeader]) -> JSON {
        .array(
            headers.map { header in
                .object([
                    ("name", .string(header.name)), ("text", .string(header.value.flatMap(DlqText.text))),
                    ("base64", .string(header.value.map(base64))),
                ])
            })
    }

    static func line(_ row: DlqListView.Row, _ record: RecordCopy) -> String {
        guard case .object(let members) = DlqListView.json(row) else { return "" }
        return JSON.object(
            members + [
                ("payload", .string(record.value.flatMap(DlqText.text))),
                (
                    "record",
                    .object([
                        ("timestamp", .int(record.timestamp)), ("key", .string(record.key.map(base64))),
                        ("value", .string(record.value.map(base64))), ("headers", headers(record.headers)),
                    ])
                ),
            ]
        ).render()
    }

    /// What `line` wrote: the topic that it was in, and the record.
    static func read(_ line: String) -> Letter? {
        guard let object = try? JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any],
            let topic = object["deadLetterTopic"] as? String, !topic.isEmpty,
            let record = object["record"] as? [String: Any],
            let timestamp = (record["timestamp"] as? NSNumber)?.int64Value,
            let key = bytes(record["key"]), let value = bytes(record["value"]),
            let list = record["headers"] as? [[String: Any]]
        else { return nil }
        var headers: [RecordHeader] = []
        for header in list {
            guard let name = header["name"] as? String, let value = bytes(header["base64"]) else { return nil }
            headers.append(RecordHeader(name: name, value: value.bytes))
        }
        return Letter(
            topic: topic, partition: nil, timestamp: timestamp, key: key.bytes, value: value.bytes, headers: headers)
    }

    private struct Bytes {
        var bytes: [UInt8]?
    }

    /// nil where it is neither null nor base64.
    private static func bytes(_ value: Any?) -> Bytes? {
        if value == nil || value is NSNull { return Bytes(bytes: nil) }
        guard let text = value as? String, let data = Data(base64Encoded: text) else { return nil }
        return Bytes(bytes: Array(data))
    }
}
