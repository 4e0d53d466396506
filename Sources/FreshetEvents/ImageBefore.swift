import FreshetCore

/// Whether a captured event says for certain what its row was before.
///
/// Nothing in a record says which replica identity its table has. Unless it is full, Debezium fills a before-image up:
/// with nulls, and where a column takes none with its default, or 0, "" and 1970. So an image counts only with a
/// version that can't be such filling, and everything else counts as unknown: that costs an invalidation, a wrong
/// certainty would cost a stale value.
struct ImageBefore {
    /// Versions count from 0 or 1, and those are what a column's default is.
    private static let highestFilling: Int64 = 1

    /// The last delete with a whole image: which record, and its key.
    private var assignment = RecordBatch.Assignment(slot: .max, epoch: .max)
    private var offset: Int64 = -1
    private var key: [UInt8] = []

    init() {}

    /// `c`: there was no row. Not so `r`: a snapshot says what the row is now, and it may have been taken because
    /// changes were lost (a new slot after a failover). `version`: the before-image's, nil where none is mapped.
    static func isCertain(_ operation: UInt8, image: Captured, version: Captured?) -> Bool {
        switch operation {
        case UInt8(ascii: "c"): return true
        case UInt8(ascii: "u"), UInt8(ascii: "d"):
            guard image.form == .object, let version, version.form == .integer else { return false }
            return IDText.bigint(version.bytes).map { $0 > highestFilling } ?? false
        default: return false
        }
    }

    /// Notes a delete whose image is whole.
    mutating func note(deleteBy record: RecordBatch.Record) {
        guard let name = record.key else { return }
        (assignment, offset) = (record.assignment, record.offset)
        key.removeAll(keepingCapacity: true)
        key.append(contentsOf: name)
    }

    /// The tombstone that Debezium sends right behind a delete says nothing that the delete's image hasn't said.
    func isEcho(_ record: RecordBatch.Record) -> Bool {
        guard let name = record.key else { return false }
        return record.assignment == assignment && record.offset == offset + 1 && name.elementsEqual(key)
    }
}
