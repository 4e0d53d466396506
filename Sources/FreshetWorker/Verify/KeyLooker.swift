import FreshetCore

/// Looks at keys: touches, then values, then read models, each in one round trip for all of them.
package final class KeyLooker {
    package struct Seen: Sendable {
        package var key: [UInt8]
        package var kind: KindIndex
        /// As people write it: `team:12`.
        package var entity: String
        package var sighting: KeySighting
    }

    private let graph: Graph
    private let cache: any FencedCache
    private let documents: DocumentReader
    private var reader: KeyReader
    private var pool = TextPool()

    package init(_ graph: Graph, _ cache: any FencedCache, _ models: any ReadModels) {
        self.graph = graph
        self.cache = cache
        documents = DocumentReader(graph, models)
        reader = KeyReader(graph)
    }

    /// What is no key of the graph, or has no SQL to compare it with, is passed over. A look that shall confirm earlier
    /// ones goes through the touches since then.
    package func look(_ keys: [[UInt8]], after earlier: [KeySighting] = []) async throws(Fault) -> [Seen] {
        pool.removeAll()
        var known: [(key: [UInt8], reading: KeyReading)] = []
        for key in keys {
            guard let reading = reader.read(key, pool: &pool),
                graph[reading.entity.kind].keys[reading.template].statement != nil
            else { continue }
            known.append((key, reading))
        }
        guard !known.isEmpty else { return [] }
        let control = KeySighting.Control(try await cache.look([]))
        let touches = try await cache.touches(of: known.map(\.key), from: Self.place(earlier))
        let values = try await cache.get(known.map(\.key))
        let read = try await documents.read(known.map(\.reading.entity), pool: pool)
        return known.indices.map { index in
            let (key, reading) = known[index]
            let template = graph[reading.entity.kind].keys[reading.template]
            return Seen(
                key: key, kind: reading.entity.kind,
                entity: EntityName.write(reading.entity, graph, pool: pool),
                sighting: KeySighting(
                    value: values[index],
                    document: read.document(of: reading.entity, template: reading.template),
                    maxSize: template.maxValueSize, touches: touches[index], control: control))
        }
    }

    /// Between two looks: learns of the touches before they leave the log, where the next look would prove nothing.
    package func follow(_ seen: [Seen]) async throws(Fault) -> [Seen] {
        guard let place = Self.place(seen.map(\.sighting)) else { return seen }
        let touches = try await cache.touches(of: seen.map(\.key), from: place)
        return zip(seen, touches).map { seen, touches in
            var seen = seen
            seen.sighting.touches = seen.sighting.touches.followed(by: touches)
            return seen
        }
    }

    private static func place(_ sightings: [KeySighting]) -> Int64? {
        sightings.map(\.touches.place).filter { $0 >= 0 }.min()
    }
}
