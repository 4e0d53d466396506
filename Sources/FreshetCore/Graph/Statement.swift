/// A SQL statement of the graph: one array parameter per part of the id it is asked for.
package struct Statement: Hashable, Sendable {
    package enum ColumnType: Hashable, Sendable {
        case id(IDType)
        case document
        /// A bigint that may be null.
        case version
    }

    package struct Column: Hashable, Sendable {
        /// Read models find their columns by name; nil: by position (edges).
        package var name: String?
        package var type: ColumnType

        package init(name: String?, type: ColumnType) {
            self.name = name
            self.type = type
        }
    }

    /// For messages: `kind match, key match:{id}` or `edge match → standings`.
    package var name: String
    package var sql: String
    package var parameters: [IDType]
    /// `Rows.columns` come in this order.
    package var columns: [Column]

    package init(name: String, sql: String, parameters: [IDType], columns: [Column]) {
        self.name = name
        self.sql = sql
        self.parameters = parameters
        self.columns = columns
    }
}
