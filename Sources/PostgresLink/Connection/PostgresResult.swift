import CLibpq

/// Owner of one `PGresult`.
struct PostgresResult: ~Copyable {
    private let pointer: OpaquePointer

    init(_ pointer: OpaquePointer) { self.pointer = pointer }

    deinit { PQclear(pointer) }

    var status: ExecStatusType { PQresultStatus(pointer) }
    var rows: Int { Int(PQntuples(pointer)) }
    var columns: Int { Int(PQnfields(pointer)) }
    var memory: Int { PQresultMemorySize(pointer) }

    func name(_ column: Int) -> String { PQfname(pointer, Int32(column)).map { String(cString: $0) } ?? "" }
    func type(_ column: Int) -> UInt32 { PQftype(pointer, Int32(column)) }
    func isBinary(_ column: Int) -> Bool { PQfformat(pointer, Int32(column)) == 1 }

    var parameterTypes: [UInt32] { (0..<PQnparams(pointer)).map { PQparamtype(pointer, $0) } }

    func isNull(_ row: Int, _ column: Int) -> Bool { PQgetisnull(pointer, Int32(row), Int32(column)) != 0 }

    /// The bytes live as long as the result: they must not leave the caller's scope.
    func value(_ row: Int, _ column: Int) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(
            start: PQgetvalue(pointer, Int32(row), Int32(column)),
            count: Int(PQgetlength(pointer, Int32(row), Int32(column))))
    }

    func text(_ row: Int, _ column: Int) -> String? {
        isNull(row, column) ? nil : String(decoding: value(row, column), as: UTF8.self)
    }

    func field(_ code: Character) -> String? {
        guard let ascii = code.asciiValue else { return nil }
        return PQresultErrorField(pointer, Int32(ascii)).map { String(cString: $0) }
    }

    var errorMessage: String { String(cString: PQresultErrorMessage(pointer)) }
}
