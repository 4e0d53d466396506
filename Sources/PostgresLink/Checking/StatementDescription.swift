import FreshetCore

/// What PostgreSQL says about a statement without running it.
package struct StatementDescription: Hashable, Sendable {
    package struct Column: Hashable, Sendable {
        package var name: String
        package var type: UInt32
        /// As SQL writes it: `bigint`, `character varying`.
        package var typeName: String

        package init(name: String, type: UInt32, typeName: String) {
            self.name = name
            self.type = type
            self.typeName = typeName
        }
    }

    package var columns: [Column]
    /// Type names of the parameters: `bigint[]`.
    package var parameters: [String]

    package init(columns: [Column], parameters: [String]) {
        self.columns = columns
        self.parameters = parameters
    }

    /// What in the statement's result isn't as the graph wants it, each in a sentence; empty when all is well.
    package func problems(of statement: Statement) -> [String] {
        statement.columns.indices.compactMap { index in
            let match = ColumnMatch.find(
                statement.columns[index], at: index, names: columns.map(\.name), types: columns.map(\.type),
                typeNames: columns.map(\.typeName))
            switch match {
            case .found: return nil
            case .missing(let words), .wrongType(let words): return words
            }
        }
    }
}
