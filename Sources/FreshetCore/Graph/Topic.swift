/// How a topic's records are read.
package struct Topic: Sendable {
    package enum Format: String, Sendable, CaseIterable {
        case json
        case cloudEvents = "cloudevents"
        case debezium
    }

    /// Whether an event can run ahead of its commit's visibility.
    package enum Events: String, Sendable, CaseIterable {
        /// The producer sends after its commit returned.
        case afterCommit = "after-commit"
        /// Change data capture and relays built on it.
        case capture
    }

    package enum Unknown: String, Sendable, CaseIterable {
        case ignore
        case reject
    }

    /// What an event type means.
    package struct Meaning: Hashable, Sendable {
        package var kind: KindIndex
        package var operation: Change.Operation

        package init(kind: KindIndex, operation: Change.Operation) {
            self.kind = kind
            self.operation = operation
        }
    }

    /// Where a record's value holds what; a path of names from the top of the JSON value (for CloudEvents and Debezium:
    /// from the top of the whole envelope, `data.…`, `after.…`).
    package struct Fields: Hashable, Sendable {
        package var type: [String]?
        package var kind: [String]?
        package var operation: [String]?
        /// One path per part of the id.
        package var id: [[String]]
        package var version: [String]?
        package var time: [String]?
        package var transaction: [String]?
        package var traceparent: [String]?

        package init(
            type: [String]? = nil, kind: [String]? = nil, operation: [String]? = nil, id: [[String]] = [],
            version: [String]? = nil, time: [String]? = nil, transaction: [String]? = nil, traceparent: [String]? = nil
        ) {
            self.type = type
            self.kind = kind
            self.operation = operation
            self.id = id
            self.version = version
            self.time = time
            self.transaction = transaction
            self.traceparent = traceparent
        }
    }

    package var name: String
    package var format: Format
    package var events: Events
    package var unknown: Unknown
    /// Event type → kind and operation, where the topic maps types.
    package var types: [String: Meaning]
    /// The kind of every record, where the topic carries one kind (Debezium: one table).
    package var kind: KindIndex?
    package var fields: Fields
    /// Bytes; a larger value is rejected as `too-large`.
    package var maxRecordSize: Int

    package init(
        name: String, format: Format, events: Events, unknown: Unknown, types: [String: Meaning], kind: KindIndex?,
        fields: Fields, maxRecordSize: Int
    ) {
        self.name = name
        self.format = format
        self.events = events
        self.unknown = unknown
        self.types = types
        self.kind = kind
        self.fields = fields
        self.maxRecordSize = maxRecordSize
    }
}
