import FreshetCore

/// What can be wrong with a graph as a whole, though each setting by itself is right.
struct GraphChecks {
    let graph: Graph
    let compiler: GraphCompiler
    let problems: ProblemCollector

    func run() {
        keysAreDistinct()
        keysFit()
        edgesAreDistinct()
        let shape = GraphShape(kindCount: graph.kinds.count, edges: graph.edges)
        let cycles = shape.cycles()
        for cycle in cycles { complain(cycle: cycle) }
        if cycles.isEmpty { depthSuffices(shape) }
        // What could not be understood may well lead to the kinds that nothing else reaches.
        let declared = compiler.declared
        if !problems.hasUnknownKinds, graph.topics.count == declared.topics.count,
            graph.edges.count == declared.edges.count
        {
            everythingIsReached(shape)
        }
    }

    private func keysAreDistinct() {
        let namespace = graph.namespace
        let control = namespace.prefix + namespace.separator + "freshet"
        let reserved = KeyLanguage(prefix: Array(control.utf8))
        var seen: [(language: KeyLanguage, kind: Kind, key: KeyTemplate)] = []
        for (index, kind) in graph.kinds.enumerated() {
            for (number, key) in kind.keys.enumerated() {
                let place = compiler.templatePlaces[index][number]
                let language = KeyLanguage(key.pieces, id: kind.id)
                if let example = KeyLanguage.common(language, reserved) {
                    problems.add(
                        place, "can yield `\(example)`, and keys that begin with `\(control)` are Freshet's own",
                        "begin the template with another word")
                }
                if let example = language.ambiguousKey {
                    problems.add(
                        place, "two ids can yield the same key, such as `\(example)`",
                        "put a `\(namespace.separator)` between the parts")
                }
                for other in seen {
                    guard let example = KeyLanguage.common(language, other.language) else { continue }
                    problems.add(
                        place,
                        "can yield the same key as `\(other.key.source)` of \(other.kind.name), such as "
                            + "`\(example)`",
                        "begin each template with a word of its own")
                }
                seen.append((language, kind, key))
            }
        }
        patternsKeepOff(reserved, control)
    }

    private func patternsKeepOff(_ reserved: KeyLanguage, _ control: String) {
        for (index, edge) in graph.edges.enumerated() {
            guard case .pattern(let pieces) = edge.resolution else { continue }
            let language = KeyLanguage(pieces, id: graph[edge.from].id, glob: true)
            if let example = KeyLanguage.common(language, reserved) {
                problems.add(
                    compiler.edgePlaces[index].appending("pattern"),
                    "matches `\(example)`, and keys that begin with `\(control)` are Freshet's own",
                    "begin the pattern with another word")
            }
        }
    }

    private func keysFit() {
        for (index, kind) in graph.kinds.enumerated() {
            for (number, key) in kind.keys.enumerated() {
                var (shortest, longest, isBounded) = (0, 0, true)
                for piece in key.pieces {
                    switch piece {
                    case .literal(let bytes):
                        shortest += bytes.count
                        longest += bytes.count
                    case .part(let part):
                        switch kind.id[part].type {
                        case .bigint: (shortest, longest) = (shortest + 1, longest + 20)
                        case .uuid: (shortest, longest) = (shortest + 36, longest + 36)
                        case .text: (shortest, isBounded) = (shortest + 1, false)
                        }
                    }
                }
                let bound = graph.namespace.maxKeyLength
                // Texts are measured when they come; everything else is known now.
                let length = isBounded ? longest : shortest
                if length > bound {
                    problems.add(
                        compiler.templatePlaces[index][number],
                        "yields keys of \(length) bytes, more than namespace.max-key-length allows (\(bound))",
                        "shorten its words, or raise the bound")
                }
            }
        }
    }

    private func edgesAreDistinct() {
        var byName: [String: Int] = [:]
        var byMeaning: [String: Int] = [:]
        for (index, edge) in graph.edges.enumerated() {
            let place = compiler.edgePlaces[index]
            if let first = byMeaning[meaning(edge)] {
                problems.add(
                    place, "says the same as the edge in line \(compiler.edgePlaces[first].line)", "remove one of them")
            } else if let first = byName[edge.name] {
                problems.add(
                    place, "has the name `\(edge.name)`, as the edge in line \(compiler.edgePlaces[first].line)",
                    "give each a `name` of its own")
            }
            if byMeaning[meaning(edge)] == nil { byMeaning[meaning(edge)] = index }
            if byName[edge.name] == nil { byName[edge.name] = index }
        }
    }

    /// What makes two edges the same: their ends and how the dependants are found.
    private func meaning(_ edge: Edge) -> String {
        let ends = "\(edge.from.value) \(edge.to.map { "\($0.value)" } ?? "")"
        switch edge.resolution {
        case .sql(let statement):
            return ends + " sql "
                + graph.statements[statement].sql.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        case .field(let path): return ends + " field " + path.joined(separator: ".")
        case .all: return ends + " all"
        case .pattern(let pieces): return ends + " pattern \(pieces)"
        }
    }

    private func complain(cycle: [Int]) {
        let path = names(along: cycle).joined(separator: " → ")
        let lines = cycle.map { "\(compiler.edgePlaces[$0].line)" }.joined(separator: ", ")
        let last = compiler.edgePlaces[cycle[cycle.count - 1]]
        problems.add(
            last, "closes a cycle: \(path) (edges in lines \(lines))",
            "add `stops: true` to the edge behind which a cascade need not go on")
    }

    private func depthSuffices(_ shape: GraphShape) {
        let path = shape.longestPath()
        guard path.count > graph.bounds.depth else { return }
        problems.add(
            compiler.declared.boundsPlace,
            "allows cascades of \(graph.bounds.depth) levels, but \(names(along: path).joined(separator: " → ")) has "
                + "\(path.count)",
            "raise `bounds.depth` to \(path.count), or stop the cascade on the way")
    }

    private func names(along path: [Int]) -> [String] {
        guard let first = path.first else { return [] }
        return [graph[graph.edges[first].from].name] + path.compactMap { graph.edges[$0].to.map { graph[$0].name } }
    }

    private func everythingIsReached(_ shape: GraphShape) {
        var changed = Set<KindIndex>()
        for topic in graph.topics { changed.formUnion(kinds(namedBy: topic)) }
        let reached = shape.reached(from: changed)
        for (index, kind) in graph.kinds.enumerated() where !reached.contains(KindIndex(index)) {
            problems.add(
                compiler.declared.kinds[index].place, "no event changes \(kind.name), and no edge leads to it",
                "map a topic's events to it, add an edge to it, or remove it")
        }
        for (index, edge) in graph.edges.enumerated() {
            if case .field = edge.resolution, !changed.contains(edge.from) {
                problems.add(
                    compiler.edgePlaces[index],
                    "reads a field of the events about \(graph[edge.from].name), but no topic has any",
                    "map a topic's events to \(graph[edge.from].name), or resolve the edge by `sql`")
            }
        }
    }

    private func kinds(namedBy topic: Topic) -> Set<KindIndex> {
        if let kind = topic.kind { return [kind] }
        if topic.fields.kind != nil { return Set(graph.kinds.indices.map { KindIndex($0) }) }
        return Set(topic.types.values.map(\.kind))
    }
}
