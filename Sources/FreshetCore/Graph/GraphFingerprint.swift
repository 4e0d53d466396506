/// What a kind's cached values depend on besides its rows: when a deploy changes it no event tells, so it is compared
/// with the fingerprint in the control record.
package enum GraphFingerprint {
    /// 16 hexadecimal digits over the namespace, the kind's own declaration, and every edge that a cascade to it can
    /// take: an edge further up changes which entities should have been touched just as one that ends here.
    package static func of(_ kind: KindIndex, in graph: Graph) -> String {
        var hash = StableHash()
        let definition = graph[kind]
        hash.add(graph.namespace.prefix)
        hash.add(graph.namespace.separator)
        hash.add(graph.namespace.maxKeyLength)
        hash.add(definition.name)
        hash.add(definition.id.count)
        for part in definition.id {
            hash.add(part.name)
            hash.add(part.type.rawValue)
        }
        hash.add(definition.keys.count)
        for key in definition.keys {
            hash.add(key.source)
            hash.add(key.statement.map { graph.statements[$0].sql } ?? "")
            hash.add(Int(key.timeToLive))
            hash.add(key.jitter)
            hash.add(key.maxValueSize)
        }
        hash.add(definition.onChange.rawValue)
        hash.add(definition.onReach.rawValue)
        hash.add(definition.hasVersion ? 1 : 0)
        hash.add(definition.gate.map { Int($0.deadline) } ?? -1)
        hash.add(definition.gate.map { Int($0.interval) } ?? -1)
        hash.add(definition.secondSweep.map(Int.init) ?? -1)
        for edge in upstream(of: kind, in: graph).sorted(by: { $0.name < $1.name }) { add(edge, graph, &hash) }
        return hash.text
    }

    /// The same for an edge to a key pattern: these keys are no kind's.
    package static func of(_ edge: Edge, in graph: Graph) -> String {
        var hash = StableHash()
        add(edge, graph, &hash)
        for edge in upstream(of: edge.from, in: graph).sorted(by: { $0.name < $1.name }) { add(edge, graph, &hash) }
        return hash.text
    }

    private static func add(_ edge: Edge, _ graph: Graph, _ hash: inout StableHash) {
        hash.add(edge.name)
        hash.add(graph[edge.from].name)
        hash.add(edge.to.map { graph[$0].name } ?? "")
        switch edge.resolution {
        case .sql(let statement):
            hash.add("sql")
            hash.add(graph.statements[statement].sql)
        case .field(let path):
            hash.add("field")
            for name in path { hash.add(name) }
        case .all:
            hash.add("all")
        case .pattern(let pieces):
            hash.add("pattern")
            for piece in pieces {
                switch piece {
                case .literal(let bytes): hash.add(bytes)
                case .part(let index): hash.add(index)
                }
            }
        }
        hash.add((edge.stops ? 1 : 0) | (edge.remembers ? 2 : 0) | (edge.isProjected ? 4 : 0))
    }

    /// The edges on the ways that lead to a kind.
    private static func upstream(of kind: KindIndex, in graph: Graph) -> [Edge] {
        var seen: Set<KindIndex> = [kind]
        var open = [kind]
        var edges: [Edge] = []
        while let next = open.popLast() {
            for edge in graph.edges where edge.to == next {
                // Beyond the first step, a way goes on only through edges that don't stop.
                if next != kind, edge.stops { continue }
                edges.append(edge)
                if seen.insert(edge.from).inserted { open.append(edge.from) }
            }
        }
        return edges
    }
}
