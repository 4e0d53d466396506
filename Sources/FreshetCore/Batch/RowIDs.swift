extension Rows {
    /// The entity whose id stands in the columns from `firstColumn`; nil where a part is null.
    package func reference(
        _ row: Int, firstColumn: Int, kind: KindIndex, _ graph: Graph, _ pool: inout TextPool
    ) -> EntityRef? {
        let definition = graph[kind]
        if !definition.isPooled {
            switch columns[firstColumn] {
            case .bigint(let ids, let nulls):
                return nulls[row] ? nil : EntityRef(kind: kind, int: ids[row])
            case .uuid(let ids, let nulls):
                return nulls[row] ? nil : EntityRef(kind: kind, high: ids[row].high, low: ids[row].low)
            case .text:
                return nil
            }
        }
        var canonical: [UInt8] = []
        for part in definition.id.indices {
            if part > 0 { canonical.append(TextPool.partSeparator) }
            guard appendPart(row, column: firstColumn + part, to: &canonical) else { return nil }
        }
        return EntityRef(kind: kind, high: 0, low: pool.intern(canonical))
    }

    /// The column as it stands, where the kind's id is one number: no reference counting per row.
    func integers(_ column: Int, _ kind: KindIndex, _ graph: Graph) -> (ids: [Int64], nulls: [Bool])? {
        guard graph[kind].id.count == 1, column < columns.count, case .bigint(let ids, let nulls) = columns[column]
        else { return nil }
        return (ids, nulls)
    }

    package func integer(_ row: Int, column: Int) -> Int64? {
        guard column < columns.count, case .bigint(let values, let nulls) = columns[column], !nulls[row] else {
            return nil
        }
        return values[row]
    }

    private func appendPart(_ row: Int, column: Int, to bytes: inout [UInt8]) -> Bool {
        switch columns[column] {
        case .bigint(let ids, let nulls):
            guard !nulls[row] else { return false }
            KeyText.appendDecimal(ids[row], into: &bytes)
        case .uuid(let ids, let nulls):
            guard !nulls[row] else { return false }
            KeyText.appendUUID(high: ids[row].high, low: ids[row].low, into: &bytes)
        case .text(let texts, let nulls):
            // An id with control bytes is no entity of ours: the decoders reject it, and the part separator is one of
            // them.
            guard !nulls[row], !texts[row].contains(where: { $0 < 0x20 || $0 == 0x7F }) else { return false }
            bytes.append(contentsOf: texts[row])
        }
        return true
    }
}

extension Graph {
    /// The ids of these nodes, all of one kind, as parameters of a statement.
    package func columns(_ members: ArraySlice<Int>, of plan: Plan) -> [IDColumn] {
        guard let first = members.first else { return [] }
        let kind = self[plan.nodes[first].ref.kind]
        if !kind.isPooled {
            if kind.id[0].type == .uuid {
                return [.uuid(members.map { UUIDBits(high: plan.nodes[$0].ref.high, low: plan.nodes[$0].ref.low) })]
            }
            return [.bigint(members.map { plan.nodes[$0].ref.int })]
        }
        return kind.id.indices.map { part in
            column(part, kind.id[part].type, members.map { plan.buffer.pool[plan.nodes[$0].ref.low] })
        }
    }

    private func column(_ part: Int, _ type: IDType, _ ids: [ArraySlice<UInt8>]) -> IDColumn {
        let parts = ids.map { id in
            id.split(separator: TextPool.partSeparator, omittingEmptySubsequences: false)[part]
        }
        switch type {
        case .bigint:
            // Canonical bytes were made from valid ids, so the fallback is never taken.
            return .bigint(parts.map { Int64(String(decoding: $0, as: UTF8.self)) ?? 0 })
        case .uuid:
            return .uuid(parts.map { UUIDBits(canonical: $0) })
        case .text:
            var arena = ByteArena()
            for part in parts { arena.append(part) }
            return .text(arena)
        }
    }

    /// A key pattern with the parts of an id filled in; what is left of it (`*`) stays a glob.
    package func pattern(_ pieces: [KeyTemplate.Piece], _ entity: EntityRef, pool: TextPool) -> [UInt8] {
        var bytes: [UInt8] = []
        let template = KeyTemplate(
            source: "", pieces: pieces, statement: nil, timeToLive: 1, jitter: 0, maxValueSize: 0)
        _ = writeKey(template, entity, pool: pool, into: &bytes)
        return bytes
    }
}

extension UUIDBits {
    /// From the hyphenated text that canonical ids hold.
    package init(canonical text: ArraySlice<UInt8>) {
        var words: (UInt64, UInt64) = (0, 0)
        var digits = 0
        for byte in text where byte != UInt8(ascii: "-") {
            let isDecimal = byte <= UInt8(ascii: "9")
            let value = UInt64(isDecimal ? byte &- UInt8(ascii: "0") : (byte | 0x20) &- UInt8(ascii: "a") &+ 10)
            if digits < 16 { words.0 = words.0 << 4 | (value & 0xF) } else { words.1 = words.1 << 4 | (value & 0xF) }
            digits += 1
        }
        self.init(high: words.0, low: words.1)
    }
}
