/// Reads a JSON value from end to end and captures what a `FieldTree` names.
///
/// The whole value is checked, also what nobody asked for and what follows the last field: so the answer doesn't depend
/// on the order of the fields, and a record that was cut off or overwritten is never half believed. Of a name that
/// stands twice in one object the last one counts, as in JavaScript and PostgreSQL's `jsonb`. No recursion, no
/// allocation: depth is bounded by `maxDepth`.
final class FieldReader {
    /// Levels of objects and arrays: one bit of `objects` each.
    static let maxDepth = 64

    let tree: FieldTree
    let captures: UnsafeMutablePointer<Captured>
    /// The node of each open container, -1 where nobody asked for anything in it.
    private let open: UnsafeMutablePointer<Int32>
    /// The number of the record that last gave a node a value: a second value in one record replaces the first.
    private let visited: UnsafeMutablePointer<UInt64>
    private var record: UInt64 = 0
    private let guesses = StringGuesses()
    /// Used by one thread and entered once at a time: checking that while it runs takes a fiftieth of a lane's time.
    @exclusivity(unchecked) private var skeletons = Skeletons()
    private var nameScratch: [UInt8] = []

    init(_ tree: FieldTree, captures: UnsafeMutablePointer<Captured>) {
        self.tree = tree
        self.captures = captures
        open = .allocate(capacity: Self.maxDepth + 1)
        open.initialize(repeating: -1, count: Self.maxDepth + 1)
        visited = .allocate(capacity: tree.nodeCount)
        visited.initialize(repeating: 0, count: tree.nodeCount)
    }

    deinit {
        open.deallocate()
        visited.deallocate()
    }

    /// Captures what `bytes` hold, beside what was captured already.
    func read(_ bytes: UnsafeRawBufferPointer) -> JSONFlaw? {
        guard let base = bytes.baseAddress?.assumingMemoryBound(to: UInt8.self), bytes.count > 0 else {
            return JSONFlaw(code: .empty, offset: 0)
        }
        if skeletons.read(base, base + bytes.count, into: captures) { return nil }
        record &+= 1
        var cursor = JSONCursor(base, base + bytes.count, guesses: guesses)
        // A byte order mark is no part of the value.
        if bytes.count >= 3, base[0] == 0xEF, base[1] == 0xBB, base[2] == 0xBF { cursor.advance(3) }
        guard let code = walk(&cursor) else {
            skeletons.learn(bytes, tree)
            return nil
        }
        return JSONFlaw(code: code, offset: min(cursor.at, cursor.end) - base)
    }

    @inline(always)
    private func walk(_ cursor: inout JSONCursor) -> JSONFlaw.Code? {
        var place = Place()
        var node = FieldTree.root
        while true {
            cursor.skipSpace()
            if cursor.isAtEnd { return .unexpectedEnd }
            let first = cursor.byte
            if first == UInt8(ascii: "{") || first == UInt8(ascii: "[") {
                if place.depth == Self.maxDepth { return .tooDeep }
                begin(&cursor, &place, node, isObject: first == UInt8(ascii: "{"))
                cursor.skipSpace()
                if cursor.isAtEnd { return .unexpectedEnd }
                if cursor.byte != place.closer {
                    if let flaw = next(&cursor, place, &node) { return flaw }
                    continue
                }
            } else if let flaw = scalar(&cursor, node) {
                return flaw
            }
            // A value has ended, or a container is about to.
            while place.depth > 0 {
                cursor.skipSpace()
                if cursor.isAtEnd { return .unexpectedEnd }
                if cursor.byte == UInt8(ascii: ",") {
                    cursor.advance()
                    break
                }
                guard cursor.byte == place.closer else { return .unexpectedByte }
                end(&cursor, &place)
            }
            if place.depth == 0 { break }
            if let flaw = next(&cursor, place, &node) { return flaw }
        }
        cursor.skipSpace()
        return cursor.isAtEnd ? nil : .trailingBytes
    }

    /// Which containers are open: how many, and for each a bit that is set for an object.
    private struct Place {
        var depth = 0
        var objects: UInt64 = 0
        var isObject: Bool { objects & 1 == 1 }
        /// Only meaningful while something is open.
        var closer: UInt8 { isObject ? UInt8(ascii: "}") : UInt8(ascii: "]") }
    }

    @inline(always)
    private func begin(_ cursor: inout JSONCursor, _ place: inout Place, _ node: Int32, isObject: Bool) {
        if node >= 0 { capture(node, cursor.at, 0, isObject ? .object : .array) }
        open[place.depth] = node
        place.depth += 1
        place.objects = place.objects &<< 1 | (isObject ? 1 : 0)
        cursor.advance()
    }

    @inline(always)
    private func end(_ cursor: inout JSONCursor, _ place: inout Place) {
        cursor.advance()
        place.depth -= 1
        place.objects &>>= 1
        let node = open[place.depth]
        guard node >= 0 else { return }
        let slot = tree.nodes[Int(node)].capture
        if slot >= 0 { captures[Int(slot)].count = Int32(truncatingIfNeeded: cursor.at - captures[Int(slot)].start) }
    }

    /// To the next value of the innermost container: behind its name and colon in an object.
    @inline(always)
    private func next(_ cursor: inout JSONCursor, _ place: Place, _ node: inout Int32) -> JSONFlaw.Code? {
        node = -1
        guard place.isObject else { return nil }
        cursor.skipSpace()
        if cursor.isAtEnd { return .unexpectedEnd }
        guard cursor.byte == UInt8(ascii: "\"") else { return .unexpectedByte }
        cursor.advance()
        let name = cursor.at
        let (length, isEscaped, flaw) = cursor.guessedString()
        if let flaw { return flaw }
        let parent = open[place.depth - 1]
        if parent >= 0 {
            node =
                isEscaped
                ? escapedChild(of: parent, name, length)
                : tree.child(of: parent, name, length, available: cursor.end - name)
        }
        cursor.skipSpace()
        if cursor.isAtEnd { return .unexpectedEnd }
        guard cursor.byte == UInt8(ascii: ":") else { return .unexpectedByte }
        cursor.advance()
        cursor.skipSpace()
        return nil
    }

    private func escapedChild(of parent: Int32, _ name: UnsafePointer<UInt8>, _ length: Int) -> Int32 {
        nameScratch.removeAll(keepingCapacity: true)
        let bytes = UnsafeRawBufferPointer(start: name, count: length)
        guard JSONText.unescape(bytes, into: &nameScratch) else { return -1 }
        return nameScratch.withUnsafeBufferPointer { text in
            guard let start = text.baseAddress else { return -1 }
            return tree.child(of: parent, start, text.count, available: text.count)
        }
    }

    @inline(always)
    private func scalar(_ cursor: inout JSONCursor, _ node: Int32) -> JSONFlaw.Code? {
        let start = cursor.at
        switch cursor.byte {
        case UInt8(ascii: "\""):
            cursor.advance()
            let (length, isEscaped, flaw) = cursor.guessedString()
            if let flaw { return flaw }
            if node >= 0 { capture(node, start + 1, length, isEscaped ? .escapedText : .text) }
            return nil
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"):
            let (form, flaw) = cursor.number()
            if let flaw { return flaw }
            if node >= 0 { capture(node, start, cursor.at - start, form) }
            return nil
        default: return word(&cursor, node)
        }
    }

    @inline(always)
    private func word(_ cursor: inout JSONCursor, _ node: Int32) -> JSONFlaw.Code? {
        let start = cursor.at
        let form: Captured.Form
        switch cursor.byte {
        case UInt8(ascii: "n"):
            guard cursor.word("null") else { return .badLiteral }
            form = .null
        case UInt8(ascii: "t"):
            guard cursor.word("true") else { return .badLiteral }
            form = .boolean
        case UInt8(ascii: "f"):
            guard cursor.word("false") else { return .badLiteral }
            form = .boolean
        default: return .unexpectedByte
        }
        if node >= 0 { capture(node, start, cursor.at - start, form) }
        return nil
    }

    @inline(always)
    private func capture(_ node: Int32, _ start: UnsafePointer<UInt8>, _ count: Int, _ form: Captured.Form) {
        if visited[Int(node)] == record { forget(below: node) }
        visited[Int(node)] = record
        let slot = tree.nodes[Int(node)].capture
        guard slot >= 0 else { return }
        captures[Int(slot)] = Captured(start: start, count: Int32(truncatingIfNeeded: count), form: form)
    }

    /// The second value of a name replaces the first one whole. As deep as the mapping's paths are long.
    @inline(never)
    private func forget(below node: Int32) {
        for child in tree.children(of: node) {
            let slot = tree.nodes[Int(child)].capture
            if slot >= 0 { captures[Int(slot)].form = .absent }
            forget(below: child)
        }
    }
}
