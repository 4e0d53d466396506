import FreshetCore

/// A format's way from a record's bytes to changes.
protocol EventFormat: AnyObject {
    /// Appends the record's changes; false where the graph says nothing about it. Whoever throws has appended no
    /// change.
    func decode(
        _ value: UnsafeRawBufferPointer, _ record: RecordBatch.Record, headers: () -> [RecordHeader],
        into buffer: inout ChangeBuffer
    ) throws(Rejection) -> Bool

    /// The same for a record without a value; nil: it is a tombstone like any other.
    func decodeWithoutValue(headers: () -> [RecordHeader], into buffer: inout ChangeBuffer) throws(Rejection) -> Bool?

    /// Whether a tombstone only repeats the delete right before it, which said what the row was.
    func repeatsDelete(_ tombstone: RecordBatch.Record) -> Bool
}

extension EventFormat {
    func decodeWithoutValue(headers: () -> [RecordHeader], into buffer: inout ChangeBuffer) throws(Rejection) -> Bool? {
        nil
    }

    func repeatsDelete(_ tombstone: RecordBatch.Record) -> Bool { false }
}
