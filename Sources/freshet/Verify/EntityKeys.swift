import CommandKit
import FreshetConfig
import FreshetCore

/// Kinds and entities that are named on a command line.
enum EntityKeys {
    /// nil where none is named.
    static func kinds(_ names: [String], _ graph: Graph) throws(CommandFailure) -> Set<KindIndex>? {
        if names.isEmpty { return nil }
        var kinds: Set<KindIndex> = []
        for name in names.flatMap({ $0.split(separator: ",").map(String.init) }) {
            guard let kind = graph.kind(named: name) else {
                let advice = NearestName.advice(name, among: graph.kinds.map(\.name))
                throw CommandFailure(.usage, "there is no kind `\(name)` in the graph; \(advice)")
            }
            kinds.insert(kind)
        }
        return kinds
    }

    /// Every key of an entity such as `team:12`.
    static func keys(of text: String, _ graph: Graph) throws(CommandFailure) -> [[UInt8]] {
        var pool = TextPool()
        let entity: EntityRef
        do throws(Rejection) {
            entity = try EntityName.parse(text, graph, pool: &pool)
        } catch {
            let kind = String(text.prefix { $0 != ":" })
            let advice =
                error.reason == .unknownKind ? "; " + NearestName.advice(kind, among: graph.kinds.map(\.name)) : ""
            throw CommandFailure(.usage, error.message + advice)
        }
        return graph[entity.kind].keys.compactMap { template in
            var key: [UInt8] = []
            return graph.writeKey(template, entity, pool: pool, into: &key) ? key : nil
        }
    }
}
