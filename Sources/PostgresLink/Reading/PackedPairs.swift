import FreshetCore

/// The pairs of an edge as two arrays in one row, where both ids are whole numbers.
///
/// A row of two numbers costs libpq some 100 bytes and four calls, and the server a message; a cascade from teams to
/// their matches has hundreds of thousands of them. In an array a number takes twelve bytes.
struct PackedPairs {
    let statement: Statement
    /// What is asked instead of the statement.
    let sql: String

    /// nil where the statement isn't an edge between kinds with numbers for ids.
    init?(_ statement: Statement) {
        let isPair = statement.columns.allSatisfy { $0.name == nil && $0.type == .id(.bigint) }
        guard isPair, statement.columns.count == 2 else { return nil }
        self.statement = statement
        // On lines of their own: the statement may end with a comment. The compiler cut off its semicolon.
        sql = """
            select array_agg(freshet_from), array_agg(freshet_to) from (
            \(statement.sql)
            ) as pair(freshet_from, freshet_to)
            """
    }

    func read(_ result: borrowing PostgresResult) throws(Fault) -> Rows {
        guard result.rows == 1, result.columns == 2 else { throw broken("it is no pair of arrays") }
        let (parents, children) = (try column(result, 0), try column(result, 1))
        guard parents.ids.count == children.ids.count else { throw broken("its arrays have different lengths") }
        return Rows(
            count: parents.ids.count,
            columns: [.bigint(parents.ids, nulls: parents.nulls), .bigint(children.ids, nulls: children.nulls)])
    }

    private typealias Numbers = (ids: [Int64], nulls: [Bool])

    /// Dimensions, has-nulls flag, element type, length and lower bound, then each element with its length.
    private func column(_ result: borrowing PostgresResult, _ column: Int) throws(Fault) -> Numbers {
        // Without rows the aggregate is null.
        if result.isNull(0, column) { return ([], []) }
        let bytes = result.value(0, column)
        guard bytes.count >= 12 else { throw broken("an array is cut off") }
        let element = UInt32(truncatingIfNeeded: Self.word(bytes, 8))
        let column = statement.columns[column]
        guard PostgresType.fits(element, column.type) else {
            let wanted = PostgresType.wanted(column.type)
            let words = "\(statement.name): an id is the type with oid \(element) and must be \(wanted)"
            throw Fault(.postgres, .sqlState("42804"), PostgresFault.bounded(words))
        }
        guard Self.word(bytes, 0) == 1, bytes.count >= 20 else { throw broken("an array has no elements") }
        return try numbers(bytes, count: Int(Self.word(bytes, 12)))
    }

    private func numbers(_ bytes: UnsafeRawBufferPointer, count: Int) throws(Fault) -> Numbers {
        var ids: [Int64] = []
        var nulls: [Bool] = []
        // An element is four bytes at least, so the length that the server names can't make us reserve too much.
        guard count >= 0, count <= bytes.count / 4 else { throw broken("an array's length is wrong") }
        ids.reserveCapacity(count)
        nulls.reserveCapacity(count)
        var at = 20
        for _ in 0..<count {
            guard bytes.count - at >= 4 else { throw broken("an array is cut off") }
            let length = Int(Self.word(bytes, at))
            at += 4
            nulls.append(length < 0)
            if length < 0 {
                ids.append(0)
                continue
            }
            guard bytes.count - at >= length else { throw broken("an array is cut off") }
            switch length {
            case 8: ids.append(Int64(bigEndian: bytes.loadUnaligned(fromByteOffset: at, as: Int64.self)))
            case 4: ids.append(Int64(Self.word(bytes, at)))
            case 2: ids.append(Int64(Int16(bigEndian: bytes.loadUnaligned(fromByteOffset: at, as: Int16.self))))
            default: throw broken("a number has \(length) bytes")
            }
            at += length
        }
        return (ids, nulls)
    }

    @inline(__always)
    private static func word(_ bytes: UnsafeRawBufferPointer, _ at: Int) -> Int32 {
        Int32(bigEndian: bytes.loadUnaligned(fromByteOffset: at, as: Int32.self))
    }

    private func broken(_ words: String) -> Fault {
        Fault(.postgres, .protocolViolation, "\(statement.name): the answer can't be read: \(words)")
    }
}
