extension Graph {
    /// Writes the key of `entity` for `template` at the end of `bytes`; false (with nothing to keep) where the key
    /// would be longer than the namespace allows.
    package func writeKey(
        _ template: KeyTemplate, _ entity: EntityRef, pool: TextPool, into bytes: inout [UInt8]
    ) -> Bool {
        let start = bytes.count
        for piece in template.pieces {
            switch piece {
            case .literal(let literal):
                bytes.append(contentsOf: literal)
            case .part(let index):
                writePart(index, of: entity, pool: pool, into: &bytes)
            }
        }
        return bytes.count - start <= namespace.maxKeyLength
    }

    /// One part of an id as keys spell it.
    package func writePart(_ index: Int, of entity: EntityRef, pool: TextPool, into bytes: inout [UInt8]) {
        // Through the array and not a local copy: copying a `Kind` counts references on the hot path.
        let kind = Int(entity.kind.value)
        if kinds[kind].isPooled {
            pool.with(entity.low) { KeyText.appendEscaped(part: index, of: $0, into: &bytes) }
        } else if kinds[kind].id[0].type == .uuid {
            KeyText.appendUUID(high: entity.high, low: entity.low, into: &bytes)
        } else {
            KeyText.appendDecimal(entity.int, into: &bytes)
        }
    }
}
