import FreshetCore

/// A result in binary form → `Rows`, column by column.
struct RowReader {
    let statement: String
    let columns: [Statement.Column]

    func read(_ result: borrowing PostgresResult) throws(Fault) -> Rows {
        let places = try places(in: result)
        var read: [Rows.Column] = []
        read.reserveCapacity(columns.count)
        for (column, place) in zip(columns, places) {
            switch column.type {
            case .id(.bigint), .version: read.append(integers(result, place))
            case .id(.uuid): read.append(uuids(result, place))
            case .id(.text), .document: read.append(texts(result, place))
            }
        }
        return Rows(count: result.rows, columns: read)
    }

    /// Where each wanted column stands in the result, its type checked.
    private func places(in result: borrowing PostgresResult) throws(Fault) -> [Int] {
        let names = (0..<result.columns).map { result.name($0) }
        let types = (0..<result.columns).map { result.type($0) }
        var places: [Int] = []
        for (index, column) in columns.enumerated() {
            let match = ColumnMatch.find(column, at: index, names: names, types: types)
            switch match {
            case .found(let place): places.append(place)
            case .missing(let words):
                throw Fault(.postgres, .sqlState("42703"), PostgresFault.bounded("\(statement): \(words)"))
            case .wrongType(let words):
                throw Fault(.postgres, .sqlState("42804"), PostgresFault.bounded("\(statement): \(words)"))
            }
        }
        return places
    }

    private func integers(_ result: borrowing PostgresResult, _ column: Int) -> Rows.Column {
        var values: [Int64] = []
        var nulls: [Bool] = []
        values.reserveCapacity(result.rows)
        nulls.reserveCapacity(result.rows)
        for row in 0..<result.rows {
            let isNull = result.isNull(row, column)
            nulls.append(isNull)
            values.append(isNull ? 0 : Self.integer(result.value(row, column)))
        }
        return .bigint(values, nulls: nulls)
    }

    private static func integer(_ bytes: UnsafeRawBufferPointer) -> Int64 {
        switch bytes.count {
        case 8: Int64(bigEndian: bytes.loadUnaligned(as: Int64.self))
        case 4: Int64(Int32(bigEndian: bytes.loadUnaligned(as: Int32.self)))
        case 2: Int64(Int16(bigEndian: bytes.loadUnaligned(as: Int16.self)))
        // The column's type was checked, so there is no other length.
        default: 0
        }
    }

    private func uuids(_ result: borrowing PostgresResult, _ column: Int) -> Rows.Column {
        var values: [UUIDBits] = []
        var nulls: [Bool] = []
        values.reserveCapacity(result.rows)
        nulls.reserveCapacity(result.rows)
        for row in 0..<result.rows {
            let bytes = result.value(row, column)
            let isNull = result.isNull(row, column) || bytes.count != 16
            nulls.append(isNull)
            values.append(
                isNull
                    ? UUIDBits(high: 0, low: 0)
                    : UUIDBits(
                        high: UInt64(bigEndian: bytes.loadUnaligned(as: UInt64.self)),
                        low: UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self))))
        }
        return .uuid(values, nulls: nulls)
    }

    /// jsonb's binary form is a version byte and then its text.
    private func texts(_ result: borrowing PostgresResult, _ column: Int) -> Rows.Column {
        let skipped = result.type(column) == PostgresType.jsonb ? 1 : 0
        var values = ByteArena()
        var nulls: [Bool] = []
        nulls.reserveCapacity(result.rows)
        for row in 0..<result.rows {
            let bytes = result.value(row, column)
            nulls.append(result.isNull(row, column))
            values.append(UnsafeRawBufferPointer(rebasing: bytes[min(skipped, bytes.count)...]))
        }
        return .text(values, nulls: nulls)
    }
}
