import FreshetCore

extension PostgresConnection {
    /// Columns and parameters of a statement; an error of its SQL is the fault.
    package func describe(_ statement: Statement) throws(Fault) -> StatementDescription {
        try with { (session) throws(Fault) in
            var columns: [(name: String, type: UInt32)] = []
            var parameters: [UInt32] = []
            try session.handle.setPipelined(settings.isPipelined)
            let deadline = Deadline(milliseconds: settings.roundTripTimeout)
            let trip = RoundTrip(session.handle, deadline, labels: [statement.name]) {
                (_, role, result) throws(Fault) in
                guard role == .answer else { return }
                columns = (0..<result.columns).map { (result.name($0), result.type($0)) }
                parameters = result.parameterTypes
            }
            let types = statement.parameters.map(PostgresType.array)
            try session.begin(unit: 0, in: trip)
            try trip.add(.prepare, unit: 0) { (what) throws(Fault) in
                try session.handle.prepare("", statement.sql, types: types, doing: what)
            }
            try trip.add(.answer, unit: 0) { (what) throws(Fault) in try session.handle.describe("", doing: what) }
            try session.end(unit: 0, in: trip)
            try trip.finish()
            if let fault = trip.faults[0] { throw fault }
            let names = try typeNames(columns.map(\.type) + parameters, session, deadline)
            return StatementDescription(
                columns: columns.map { .init(name: $0.name, type: $0.type, typeName: names[$0.type] ?? "\($0.type)") },
                parameters: parameters.map { names[$0] ?? "\($0)" })
        }
    }

    /// The plan as JSON. Without ids it is planned for one made-up id per part.
    package func explain(_ statement: Statement, _ parts: [IDColumn]? = nil) throws(Fault) -> String {
        var parameters = ParameterBuffer()
        parameters.append(parts ?? statement.parameters.map(Self.sample))
        return try with { (session) throws(Fault) in
            try session.handle.setPipelined(settings.isPipelined)
            var plan = ""
            let deadline = Deadline(milliseconds: settings.roundTripTimeout)
            let trip = RoundTrip(session.handle, deadline, labels: [statement.name]) {
                (_, _, result) throws(Fault) in
                plan = (0..<result.rows).compactMap { result.text($0, 0) }.joined(separator: "\n")
            }
            try session.add("explain (format json) " + statement.sql, name: nil, parameters, unit: 0, to: trip)
            try trip.finish()
            if let fault = trip.faults[0] { throw fault }
            return plan
        }
    }

    /// Rows of the whole result, as the planner guesses them; nothing is run.
    package func estimatedRows(_ statement: Statement) throws(Fault) -> Int64 {
        let plan = try explain(statement)
        // The first one is the topmost node's.
        guard let found = plan.firstRange(of: "\"Plan Rows\": "),
            let rows = Int64(plan[found.upperBound...].prefix { $0.isNumber })
        else { throw Fault(.postgres, .protocolViolation, "the plan of \(statement.name) has no number of rows") }
        return rows
    }

    private static func sample(_ type: IDType) -> IDColumn {
        switch type {
        case .bigint: return .bigint([1])
        case .uuid: return .uuid([UUIDBits(high: 0, low: 1)])
        case .text:
            var ids = ByteArena()
            ids.append("1".utf8)
            return .text(ids)
        }
    }

    private func typeNames(
        _ types: [UInt32], _ session: PostgresSession, _ deadline: Deadline
    ) throws(Fault) -> [UInt32: String] {
        let list = "{" + Set(types).sorted().map { "\($0)" }.joined(separator: ",") + "}"
        let rows = try session.rows(
            "select t::text, format_type(t, null) from unnest($1::oid[]) as t", deadline,
            doing: "ask for type names", [list])
        var names: [UInt32: String] = [:]
        for row in rows where row.count == 2 {
            if let type = row[0].flatMap({ UInt32($0) }) { names[type] = row[1] }
        }
        return names
    }
}
