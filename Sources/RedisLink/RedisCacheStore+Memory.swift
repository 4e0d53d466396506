import FreshetCore

/// What `maintain` needs of an edge's memory.
extension RedisCacheStore {
    /// One step over all entries of an edge's memory, its mark among them; the cursor 0 begins and ends.
    package func entries(
        of edge: [UInt8], cursor: UInt64, count: Int
    ) throws(Fault) -> (cursor: UInt64, entries: [(child: [UInt8], entry: [UInt8])]) {
        let reply = try command(
            [Array("HSCAN".utf8), edge] + ["\(cursor)", "COUNT", "\(count)"].map { Array($0.utf8) })
        guard let parts = reply.elements, parts.count == 2, let next = parts[0].text.flatMap({ UInt64($0) }),
            let flat = parts[1].elements?.compactMap(\.bytes), flat.count % 2 == 0
        else { throw unexpected(reply, to: "HSCAN") }
        return (next, stride(from: 0, to: flat.count, by: 2).map { (flat[$0], flat[$0 + 1]) })
    }

    /// Takes entries out that are still what they were; how many. nil where the incarnation is another one by now.
    package func forget(
        _ entries: [(child: [UInt8], entry: [UInt8])], of edge: [UInt8], incarnation: String
    ) throws(Fault) -> Int? {
        if entries.isEmpty { return 0 }
        let reply = try call(.forget) {
            begin(.forget, keys: 2, arguments: 1 + 2 * entries.count)
            commands.add(edge)
            commands.add(record)
            commands.add(incarnation)
            for (child, entry) in entries {
                commands.add(child)
                commands.add(entry)
            }
        }
        guard let gone = reply.int else { throw unexpected(reply, to: "forget.lua") }
        return gone < 0 ? nil : Int(gone)
    }
}
