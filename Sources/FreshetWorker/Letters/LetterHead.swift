import FreshetCore

/// What a letter's headers say of it, whoever wrote them.
package struct LetterHead: Hashable, Sendable {
    /// Whose headers they are.
    package enum Family: String, Hashable, Sendable, CaseIterable {
        case freshet
        /// Spring Kafka's `DeadLetterPublishingRecoverer`.
        case spring
        /// Kafka Connect with `errors.deadletterqueue.context.headers.enable`.
        case connect
        /// Karafka's enhanced dead letter queue.
        case karafka
        /// No headers that we know: all that is known is the letter itself.
        case none
    }

    package var family: Family
    package var origin: LetterOrigin
    /// The original record's timestamp; nil where the family doesn't tell.
    package var originTimestamp: Int64?
    /// The original record's key, where the family writes it into a header because its letters have keys of their own.
    package var originKey: [UInt8]?
    /// The consumer group that failed.
    package var group: String?
    /// `reject` for a dead letter, `retry` for a record that was deferred.
    package var disposition: Disposition
    /// A stable class: a `Rejection.Reason`, or another family's exception class.
    package var reason: String
    package var message: String
    /// How often it was tried since it came from its topic, or since it was replayed.
    package var attempts: Int
    /// Milliseconds since 1970, as are the others.
    package var firstFailure: Int64?
    package var lastFailure: Int64?
    /// How often a person sent it to be retried.
    package var replays: Int
    /// In a retry topic: nothing is to be done before this.
    package var notBefore: Int64?
    /// The worker that wrote it.
    package var version: String?
    package var traceparent: String?
    /// The record could no longer be read when it was rejected: there is nothing that could be tried again.
    package var isLost = false

    package init(origin: LetterOrigin, reason: String, message: String) {
        family = .freshet
        self.origin = origin
        disposition = .reject
        self.reason = reason
        self.message = message
        attempts = 0
        replays = 0
    }

    /// nil where no family that we know names the record's origin.
    package init?(_ record: RecordCopy) {
        let headers = LetterHeaders(record.headers)
        guard
            var head = Self.freshet(headers) ?? Self.spring(headers, record) ?? Self.connect(headers)
                ?? Self.karafka(headers, record)
        else { return nil }
        head.traceparent = head.traceparent ?? record.traceparent
        self = head
    }

    /// For a record that names no origin: it stands for itself.
    package init(strange origin: LetterOrigin, traceparent: String?) {
        self.init(origin: origin, reason: Self.unknown, message: "")
        family = .none
        self.traceparent = traceparent
    }

    /// Only our own family: what a retry topic holds.
    package init?(ours headers: [RecordHeader]) {
        guard let head = Self.freshet(LetterHeaders(headers)) else { return nil }
        self = head
    }

    /// `DataException` of `org.apache.kafka.connect.errors.DataException`.
    package var shortReason: String { reason.split(separator: ".").last.map(String.init) ?? reason }

    /// The original record's.
    package func key(of record: RecordCopy) -> [UInt8]? {
        guard let originKey else { return record.key }
        return originKey.isEmpty ? nil : originKey
    }
}
