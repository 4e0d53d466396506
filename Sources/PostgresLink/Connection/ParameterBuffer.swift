import CLibpq
import FreshetCore

/// Builds a statement's parameters in PostgreSQL's binary form, in one buffer that is used again and again.
struct ParameterBuffer {
    private struct Entry {
        var start: Int
        var length: Int
        var isBinary: Bool
        var isNull: Bool
    }

    private var bytes: [UInt8] = []
    private var entries: [Entry] = []
    private(set) var types: [Oid] = []

    var count: Int { entries.count }

    mutating func removeAll() {
        bytes.removeAll(keepingCapacity: true)
        entries.removeAll(keepingCapacity: true)
        types.removeAll(keepingCapacity: true)
    }

    mutating func append(_ columns: [IDColumn]) {
        for column in columns { append(column) }
    }

    /// One array: dimensions, has-nulls flag, element type, length and lower bound, then each element with its length.
    mutating func append(_ column: IDColumn) {
        let start = bytes.count
        let (element, array): (Oid, Oid)
        switch column {
        case .bigint: (element, array) = (PostgresType.int8, PostgresType.int8Array)
        case .uuid: (element, array) = (PostgresType.uuid, PostgresType.uuidArray)
        case .text: (element, array) = (PostgresType.text, PostgresType.textArray)
        }
        let head: [UInt32] = column.count == 0 ? [0, 0, element] : [1, 0, element, UInt32(column.count), 1]
        for word in head { append(word) }
        switch column {
        case .bigint(let ids): append(ids)
        case .uuid(let ids): append(ids)
        case .text(let ids):
            bytes.reserveCapacity(bytes.count + ids.byteCount + 4 * ids.count)
            for index in 0..<ids.count {
                ids.with(index) { text in
                    append(UInt32(text.count))
                    bytes.append(contentsOf: text)
                }
            }
        }
        add(start: start, isBinary: true, type: array)
    }

    /// A value as PostgreSQL would read it from text; its type is the statement's business.
    mutating func append(text: String?) {
        let start = bytes.count
        if let text {
            bytes.append(contentsOf: text.utf8)
            bytes.append(0)
        }
        add(start: start, isBinary: false, type: 0, isNull: text == nil)
    }

    /// Lends libpq the pointers for the length of one call, which copies what they point to.
    func with<R>(
        _ body: (
            _ values: UnsafePointer<UnsafePointer<CChar>?>?, _ lengths: UnsafePointer<Int32>?,
            _ formats: UnsafePointer<Int32>?
        ) -> R
    ) -> R {
        let lengths = entries.map { Int32(clamping: $0.length) }
        let formats = entries.map { Int32($0.isBinary ? 1 : 0) }
        return bytes.withUnsafeBytes { buffer in
            let base = buffer.baseAddress?.assumingMemoryBound(to: CChar.self)
            let values = entries.map { entry in entry.isNull ? nil : base.map { $0 + entry.start } }
            return values.withUnsafeBufferPointer { values in
                lengths.withUnsafeBufferPointer { lengths in
                    formats.withUnsafeBufferPointer { formats in
                        body(values.baseAddress, lengths.baseAddress, formats.baseAddress)
                    }
                }
            }
        }
    }

    private mutating func add(start: Int, isBinary: Bool, type: Oid, isNull: Bool = false) {
        entries.append(Entry(start: start, length: bytes.count - start, isBinary: isBinary, isNull: isNull))
        types.append(type)
    }

    private mutating func append(_ word: UInt32) {
        withUnsafeBytes(of: word.bigEndian) { bytes.append(contentsOf: $0) }
    }

    private mutating func append(_ ids: [Int64]) {
        var offset = grow(by: 12 * ids.count)
        bytes.withUnsafeMutableBytes { buffer in
            for id in ids {
                buffer.storeBytes(of: UInt32(8).bigEndian, toByteOffset: offset, as: UInt32.self)
                buffer.storeBytes(of: id.bigEndian, toByteOffset: offset + 4, as: Int64.self)
                offset += 12
            }
        }
    }

    private mutating func append(_ ids: [UUIDBits]) {
        var offset = grow(by: 20 * ids.count)
        bytes.withUnsafeMutableBytes { buffer in
            for id in ids {
                buffer.storeBytes(of: UInt32(16).bigEndian, toByteOffset: offset, as: UInt32.self)
                buffer.storeBytes(of: id.high.bigEndian, toByteOffset: offset + 4, as: UInt64.self)
                buffer.storeBytes(of: id.low.bigEndian, toByteOffset: offset + 12, as: UInt64.self)
                offset += 20
            }
        }
    }

    private mutating func grow(by count: Int) -> Int {
        let start = bytes.count
        bytes.append(contentsOf: repeatElement(0, count: count))
        return start
    }
}
