/// Makes a `Skeleton` of a record that was read whole and without a flaw.
struct SkeletonDraft {
    /// Longer or richer records gain little, and a skeleton shall stay in the nearest cache.
    private static let maxBytes = 2_048
    private static let maxSteps = 96

    private var steps: [Skeleton.Step] = []
    /// Where the bytes that the next step compares begin.
    private var pending = 0
    private let base: UnsafePointer<UInt8>
    private let tree: FieldTree
    private var cursor: JSONCursor
    private var seen: Set<Int32> = []

    /// nil where the record isn't worth one, or not everything in it could be compared.
    static func skeleton(of record: UnsafeRawBufferPointer, _ tree: FieldTree, _ guesses: StringGuesses) -> Skeleton? {
        guard let base = record.baseAddress?.assumingMemoryBound(to: UInt8.self), record.count <= maxBytes,
            record.first == UInt8(ascii: "{")
        else { return nil }
        var draft = SkeletonDraft(base, record.count, tree, guesses)
        guard draft.value(FieldTree.root, depth: 0), draft.cursor.isAtEnd else { return nil }
        draft.add(.end, slot: -1)
        return draft.steps.count <= maxSteps ? Skeleton(draft.steps, record) : nil
    }

    private init(_ base: UnsafePointer<UInt8>, _ count: Int, _ tree: FieldTree, _ guesses: StringGuesses) {
        self.base = base
        self.tree = tree
        cursor = JSONCursor(base, base + count, guesses: guesses)
    }

    private mutating func add(_ kind: Skeleton.Step.Kind, slot: Int32, form: Captured.Form = .absent, count: Int = 0) {
        let here = cursor.at - base
        steps.append(
            Skeleton.Step(
                start: Int32(pending), length: Int32(here - pending), slot: slot, kind: kind, form: form,
                count: Int32(count)))
        pending = here
    }

    /// A value, at its first byte.
    private mutating func value(_ node: Int32, depth: Int) -> Bool {
        guard !cursor.isAtEnd, steps.count <= Self.maxSteps, depth < FieldReader.maxDepth else { return false }
        // Of a name that stands twice the last value counts: that is the reader's business.
        if node >= 0, !seen.insert(node).inserted { return false }
        let slot = node >= 0 ? tree.nodes[Int(node)].capture : -1
        let start = cursor.at
        switch cursor.byte {
        case UInt8(ascii: "{"), UInt8(ascii: "["): return container(node, slot, depth)
        case UInt8(ascii: "\""):
            cursor.advance()
            add(.string, slot: slot)
            guard cursor.string().flaw == nil else { return false }
            pending = cursor.at - base - 1
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
            add(.number, slot: slot)
            guard case (.integer, nil) = cursor.number() else { return false }
            pending = cursor.at - base
        case UInt8(ascii: "n"): return word("null", .null, slot, start)
        case UInt8(ascii: "t"): return word("true", .boolean, slot, start)
        case UInt8(ascii: "f"): return word("false", .boolean, slot, start)
        default: return false
        }
        return true
    }

    /// The word itself is compared: the same one stands there in the next record, or it is a different record.
    private mutating func word(
        _ word: StaticString, _ form: Captured.Form, _ slot: Int32, _ start: UnsafePointer<UInt8>
    ) -> Bool {
        if slot >= 0 { add(.word, slot: slot, form: form, count: word.utf8CodeUnitCount) }
        return cursor.word(word)
    }

    private mutating func container(_ node: Int32, _ slot: Int32, _ depth: Int) -> Bool {
        let isObject = cursor.byte == UInt8(ascii: "{")
        let closer = isObject ? UInt8(ascii: "}") : UInt8(ascii: "]")
        if slot >= 0 { add(.open, slot: slot, form: isObject ? .object : .array) }
        cursor.advance()
        cursor.skipSpace()
        while !cursor.isAtEnd, cursor.byte != closer {
            var child: Int32 = -1
            if isObject {
                guard let named = name(node) else { return false }
                child = named
            }
            guard value(child, depth: depth + 1) else { return false }
            cursor.skipSpace()
            if !cursor.isAtEnd, cursor.byte == UInt8(ascii: ",") {
                cursor.advance()
                cursor.skipSpace()
            }
        }
        guard !cursor.isAtEnd else { return false }
        cursor.advance()
        if slot >= 0 { add(.close, slot: slot) }
        return true
    }

    /// The node behind the name that begins here; at the value's first byte afterwards.
    private mutating func name(_ parent: Int32) -> Int32? {
        guard cursor.byte == UInt8(ascii: "\"") else { return nil }
        cursor.advance()
        let start = cursor.at
        let (length, isEscaped, flaw) = cursor.string()
        guard flaw == nil, !isEscaped else { return nil }
        let node = parent < 0 ? -1 : tree.child(of: parent, start, length, available: cursor.end - start)
        cursor.skipSpace()
        guard !cursor.isAtEnd, cursor.byte == UInt8(ascii: ":") else { return nil }
        cursor.advance()
        cursor.skipSpace()
        return node
    }
}
