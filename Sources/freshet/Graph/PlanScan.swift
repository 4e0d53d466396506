import CommandKit
import Foundation

/// A sequential scan in a plan that PostgreSQL explained, and the columns that an index would have helped with.
struct PlanScan: Hashable, Sendable {
    var table: String
    var columns: [String]

    /// All of them in a plan as `EXPLAIN (FORMAT JSON)` prints it.
    static func all(in json: String) -> [PlanScan] {
        guard let parsed = try? JSONSerialization.jsonObject(with: Data(json.utf8)) as? [[String: Any]] else {
            return []
        }
        var scans: [PlanScan] = []
        for statement in parsed {
            if let plan = statement["Plan"] as? [String: Any] { collect(plan, conditions: [], depth: 0, into: &scans) }
        }
        return scans
    }

    /// Every table that a plan reads, however it does.
    static func relations(in json: String) -> Set<String> {
        var relations: Set<String> = []
        for match in json.matches(of: /"Relation Name": "(?<name>[^"]+)"/) {
            relations.insert(String(match.output.name))
        }
        return relations
    }

    /// Plans are as deep as PostgreSQL makes them for one statement; the bound is for what isn't one.
    private static func collect(_ plan: [String: Any], conditions: [String], depth: Int, into scans: inout [PlanScan]) {
        guard depth < 200 else { return }
        let own = ["Filter", "Recheck Cond"].compactMap { plan[$0] as? String }
        let joins = ["Hash Cond", "Merge Cond", "Join Filter"].compactMap { plan[$0] as? String }
        if plan["Node Type"] as? String == "Seq Scan", let table = plan["Relation Name"] as? String {
            let alias = plan["Alias"] as? String ?? table
            var columns = own.flatMap { comparedColumns($0, of: nil) }
            // Innermost first: the nearest join is the one that an index would serve.
            for condition in conditions.reversed() where columns.isEmpty {
                columns = comparedColumns(condition, of: alias)
            }
            let scan = PlanScan(table: table, columns: unique(columns))
            if !scans.contains(scan) { scans.append(scan) }
        }
        for child in plan["Plans"] as? [[String: Any]] ?? [] {
            collect(child, conditions: conditions + own + joins, depth: depth + 1, into: &scans)
        }
    }

    /// Columns that stand beside an `=`: `home_id` of `(home_id = ANY ('{1}'::bigint[]))`. With an alias only its own,
    /// on either side; without one also those that have no alias in front.
    static func comparedColumns(_ condition: String, of alias: String?) -> [String] {
        let name = /(?:(?<alias>[a-z_][a-z0-9_]*|"[^"]+")\.)?(?<column>[a-z_][a-z0-9_]*|"[^"]+")/
        var columns: [String] = []
        for match in condition.matches(of: /(?<left>[a-z0-9_."]+)\)?(?:::[a-z ]+)?\s=\s(?<right>\(*[a-z0-9_."]+)?/) {
            for side in [match.output.left, match.output.right ?? ""] {
                let text = side.drop { $0 == "(" }
                guard let found = text.wholeMatch(of: name), found.output.column.first?.isNumber != true else {
                    continue
                }
                if let alias {
                    guard found.output.alias.map({ unquote(String($0)) }) == alias else { continue }
                }
                columns.append(unquote(String(found.output.column)))
            }
        }
        return columns
    }

    private static func unquote(_ name: String) -> String {
        name.hasPrefix("\"") ? String(name.dropFirst().dropLast()) : name
    }

    private static func unique(_ names: [String]) -> [String] {
        names.enumerated().filter { index, name in names.firstIndex(of: name) == index }.map(\.element)
    }
}
