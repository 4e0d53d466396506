import FreshetCore

/// One letter as it was met in its topic.
package struct LetterSight: Sendable {
    package var head: LetterHead
    package var place: LetterPlace
    package var key: [UInt8]?
    /// The record's own, for letters that don't say when they failed.
    package var timestamp: Int64
    package var subject: LetterSubject

    package init(_ record: RecordCopy, subject: (LetterHead) -> LetterSubject) {
        let head =
            LetterHead(record)
            ?? LetterHead(
                strange: LetterOrigin(record.partition, offset: record.offset), traceparent: record.traceparent)
        self.head = head
        place = LetterPlace(partition: record.partition.number, offset: record.offset)
        key = head.key(of: record)
        timestamp = record.timestamp
        self.subject = subject(head)
    }

    /// When it failed, as far as anybody can tell.
    package var time: Int64 { head.lastFailure ?? timestamp }
}
