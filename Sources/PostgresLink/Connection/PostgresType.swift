import FreshetCore

/// Built-in type oids, which never change between servers.
enum PostgresType {
    static let int8: UInt32 = 20
    static let int2: UInt32 = 21
    static let int4: UInt32 = 23
    static let text: UInt32 = 25
    static let uuid: UInt32 = 2950
    static let jsonb: UInt32 = 3802
    static let int8Array: UInt32 = 1016
    static let textArray: UInt32 = 1009
    static let uuidArray: UInt32 = 2951

    /// Types whose binary form is the very bytes of their text form: name, text, json, char(n), varchar, unknown.
    static let sameBytes: Set<UInt32> = [19, 25, 114, 1042, 1043, 705]

    static func array(of type: IDType) -> UInt32 {
        switch type {
        case .bigint: int8Array
        case .uuid: uuidArray
        case .text: textArray
        }
    }

    /// Whether a result's column of this type can be read as what the graph says it is.
    static func fits(_ oid: UInt32, _ type: Statement.ColumnType) -> Bool {
        switch type {
        case .id(.bigint), .version: oid == int8 || oid == int4 || oid == int2
        case .id(.uuid): oid == uuid
        case .id(.text): sameBytes.contains(oid)
        case .document: oid == jsonb || sameBytes.contains(oid)
        }
    }

    /// What such a column may be, for messages.
    static func wanted(_ type: Statement.ColumnType) -> String {
        switch type {
        case .id(.bigint), .version: "bigint, integer or smallint; cast it to bigint"
        case .id(.uuid): "uuid; cast it to uuid"
        case .id(.text): "text or varchar; cast it to text"
        case .document: "json, jsonb, text or varchar; cast it to text"
        }
    }
}
