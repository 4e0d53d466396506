/// Why a record can't be decoded, or its id can't be used: a fault of the event, permanent.
package struct Rejection: Error, Hashable, Sendable {
    /// Stable names: they stand in dead-letter headers and in metrics.
    package enum Reason: String, Sendable, CaseIterable {
        case emptyValue = "empty-value"
        case malformedJSON = "malformed-json"
        case tooDeep = "too-deep"
        case tooLarge = "too-large"
        case missingField = "missing-field"
        case wrongType = "wrong-type"
        case invalidID = "invalid-id"
        case invalidVersion = "invalid-version"
        case unknownKind = "unknown-kind"
        case unknownOperation = "unknown-operation"
        case unsupportedFormat = "unsupported-format"
        case invalidEnvelope = "invalid-envelope"
        case valueTooLarge = "value-too-large"
        case keyTooLong = "key-too-long"
        case projectionMissing = "projection-missing"
        case rejectedByReadModel = "rejected-by-read-model"
    }

    package var reason: Reason
    /// One sentence: what is wrong and where in the record. Bounded by its maker to 500 bytes.
    package var message: String

    package init(_ reason: Reason, _ message: String) {
        self.reason = reason
        self.message = message
    }
}
