import FreshetCore

/// A column of the graph looked up in what a statement returns.
enum ColumnMatch: Equatable {
    case found(Int)
    case missing(String)
    case wrongType(String)

    static func find(
        _ column: Statement.Column, at index: Int, names: [String], types: [UInt32], typeNames: [String]? = nil
    ) -> ColumnMatch {
        let place: Int
        if let name = column.name {
            guard let found = names.firstIndex(of: name) else {
                let list = names.isEmpty ? "nothing" : names.joined(separator: ", ")
                return .missing("there is no column \(name) in its result; it returns \(list)")
            }
            place = found
        } else {
            guard index < names.count else {
                return .missing("its result has \(names.count) columns and no column number \(index + 1)")
            }
            place = index
        }
        guard PostgresType.fits(types[place], column.type) else {
            let type = typeNames.map { $0[place] } ?? "the type with oid \(types[place])"
            return .wrongType(
                "column \(names[place]) is \(type) and must be \(PostgresType.wanted(column.type))")
        }
        return .found(place)
    }
}
