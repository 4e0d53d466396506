/// The dependency graph, checked and compiled: what the worker follows. Immutable, shared by all lanes.
package struct Graph: Sendable {
    package var namespace: Namespace
    package var bounds: Bounds
    package var kinds: [Kind]
    package var edges: [Edge]
    package var topics: [Topic]
    /// Every SQL statement of the graph: read models asked for by key, then edges, then warm-sql.
    package var statements: [Statement]

    package struct Namespace: Hashable, Sendable {
        /// What every key begins with, e.g. `v1`.
        package var prefix: String
        /// Between prefix and key, e.g. `:`; one byte.
        package var separator: String
        /// Bytes.
        package var maxKeyLength: Int

        package init(prefix: String = "v1", separator: String = ":", maxKeyLength: Int = 250) {
            self.prefix = prefix
            self.separator = separator
            self.maxKeyLength = maxKeyLength
        }
    }

    package struct Bounds: Hashable, Sendable {
        /// Levels of edges that a cascade may follow.
        package var depth: Int
        /// Keys that a cascade holds in memory at once; beyond it, it is applied in chunks.
        package var fanOut: Int

        package init(depth: Int = 8, fanOut: Int = 10_000) {
            self.depth = depth
            self.fanOut = fanOut
        }
    }

    package init(
        namespace: Namespace, bounds: Bounds, kinds: [Kind], edges: [Edge], topics: [Topic], statements: [Statement]
    ) {
        self.namespace = namespace
        self.bounds = bounds
        self.kinds = kinds
        self.edges = edges
        self.topics = topics
        self.statements = statements
    }

    package func kind(named name: String) -> KindIndex? {
        kinds.firstIndex { $0.name == name }.map(KindIndex.init)
    }

    package subscript(kind: KindIndex) -> Kind { kinds[Int(kind.value)] }
}
