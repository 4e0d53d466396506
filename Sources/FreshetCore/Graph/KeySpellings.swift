/// How the keys of each kind are spelled, flattened for the path of every key: most are fixed bytes and one number, and
/// those need no look at templates, whose copies would count references.
struct KeySpellings: Sendable {
    /// One key of a kind; `literal` is a range of `literals`, nil where the template is not that simple.
    private struct Spelling {
        var literal: Range<Int>?
    }

    private struct Place {
        var first: Int
        var count: Int
    }

    private var literals: [UInt8] = []
    private var spellings: [Spelling] = []
    private var places: [Place] = []

    init(_ graph: Graph) {
        for kind in graph.kinds {
            places.append(Place(first: spellings.count, count: kind.keys.count))
            let isNumber = kind.id.count == 1 && kind.id[0].type == .bigint
            for template in kind.keys {
                var spelling = Spelling(literal: nil)
                // A number has twenty characters at most.
                if isNumber, template.pieces.count == 2, case .literal(let bytes) = template.pieces[0],
                    case .part = template.pieces[1], bytes.count + 20 <= graph.namespace.maxKeyLength
                {
                    spelling.literal = literals.count..<literals.count + bytes.count
                    literals.append(contentsOf: bytes)
                }
                spellings.append(spelling)
            }
        }
    }

    func keyCount(_ kind: KindIndex) -> Int { places[Int(kind.value)].count }

    /// Writes key `number` of `entity` at the end of `bytes`; false where it would be longer than the namespace allows.
    func write(
        _ entity: EntityRef, _ number: Int, _ graph: Graph, pool: TextPool, into bytes: inout [UInt8]
    ) -> Bool {
        let kind = Int(entity.kind.value)
        if let literal = spellings[places[kind].first + number].literal {
            literals.withUnsafeBufferPointer { bytes.append(contentsOf: UnsafeBufferPointer(rebasing: $0[literal])) }
            KeyText.appendDecimal(entity.int, into: &bytes)
            return true
        }
        return graph.writeKey(graph.kinds[kind].keys[number], entity, pool: pool, into: &bytes)
    }
}
