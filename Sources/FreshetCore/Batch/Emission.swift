/// Turns a closed plan into script calls, cascade by cascade.
///
/// A change and its dependants go into one call where they fit; where they don't, the dependants go first and the new
/// value last. Where the cascades of several changes meet, all that they reach goes with the first of them, so never
/// after the value of any.
///
/// Where the documents of a plan aren't read yet, it is emitted slice by slice: `slice` says whose are needed next. A
/// slice may end within a cascade; the order stays.
package struct Emission: Sendable {
    package struct Bounds: Hashable, Sendable {
        /// A call holds Redis for everybody: 512 keys take about 2 ms at most.
        package var keysPerCall: Int
        /// Of keys and values, overshot by the last of them.
        package var bytesPerCall: Int
        /// So many entities of a batch that are only removed go beside the script: `Removals`. All their buckets are
        /// touched before: 8 KiB of the log for each call, so what is slower than a few of them is refused.
        package var removalsFrom: Int
        /// Keys on their way to Redis at a time: 16,384 take about 10 ms, and others come between them.
        package var removalsPerCall: Int

        package init(
            keysPerCall: Int = 512, bytesPerCall: Int = 1 << 20, removalsFrom: Int = 8_192,
            removalsPerCall: Int = 16_384
        ) {
            self.keysPerCall = keysPerCall
            self.bytesPerCall = bytesPerCall
            self.removalsFrom = removalsFrom
            self.removalsPerCall = removalsPerCall
        }
    }

    /// The keys of one call, and for each the node that it belongs to.
    package struct Chunk: Sendable {
        package var operations = KeyOperations()
        package var nodes: [Int32] = []
        /// Keys that are removed beside the script; then there are no others.
        package var removals = ByteArena()

        package init() {}

        init(capacity: Int) {
            operations.reserve(capacity)
            nodes.reserveCapacity(capacity)
        }
    }

    private let bounds: Bounds
    /// Nodes in the order of their cascades, each changed node after what it reached. The complement of a node begins
    /// a cascade: with hundreds of thousands of nodes a second array of whose they are is felt.
    private var order: [Int32] = []
    private var next = 0
    /// The place of `order` that the present slice goes to.
    private var end = 0
    private var random: SplitMix
    private var spellings: KeySpellings?
    private var traits: [KindTraits] = []
    private var key: [UInt8] = []

    /// `onlyReached` leaves the changed nodes for later: part of a cascade over its fan-out bound.
    package init(_ plan: Plan, bounds: Bounds, seed: UInt64, onlyReached: Bool) {
        self.bounds = bounds
        self.random = SplitMix(seed: seed)
        let leaders = plan.leaders
        let roots = plan.changedCount
        func cascade(_ index: Int) -> Int { index < roots ? index : Int(leaders[Int(plan.nodes[index].root)]) }
        let wanted = (onlyReached ? roots : 0)..<plan.nodes.count
        // A counting sort; within a cascade the dependants keep their order and the change comes last.
        var starts = [Int32](repeating: 0, count: roots + 1)
        for index in wanted where !plan.nodes[index].isEmitted { starts[cascade(index) + 1] += 1 }
        for root in 0..<roots { starts[root + 1] += starts[root] }
        order = Array(repeating: 0, count: Int(starts[roots]))
        for part in [max(wanted.lowerBound, roots)..<wanted.upperBound, wanted.lowerBound..<roots] {
            for index in part where !plan.nodes[index].isEmitted {
                let root = cascade(index)
                order[Int(starts[root])] = Int32(index)
                starts[root] += 1
            }
        }
        // By now each start is its cascade's end, and the next one's beginning.
        var beginning = 0
        for root in 0..<roots where Int(starts[root]) > beginning {
            order[beginning] = ~order[beginning]
            beginning = Int(starts[root])
        }
        end = order.count
    }

    @inline(__always)
    private func node(_ position: Int) -> Int { Int(order[position] < 0 ? ~order[position] : order[position]) }

    package var isFinished: Bool { next == order.count }
    package var isSliceFinished: Bool { next == end }

    /// Begins a slice: answers the nodes, at most `limit`, whose documents must have been read when its chunks are
    /// asked for.
    package mutating func slice(_ limit: Int, _ plan: Plan, _ graph: Graph) -> [Int] {
        if traits.isEmpty { traits = graph.traits }
        var readers: [Int] = []
        end = next
        while end < order.count {
            if plan.writes(node(end), traits) {
                if readers.count >= limit { break }
                readers.append(node(end))
            }
            end += 1
        }
        return readers
    }

    /// Up to `limit` more chunks of the slice.
    package mutating func chunks(_ limit: Int, _ plan: inout Plan, _ walk: CascadeWalk, _ graph: Graph) -> [Chunk] {
        let spellings = self.spellings ?? KeySpellings(graph)
        self.spellings = spellings
        if traits.isEmpty { traits = graph.traits }
        var finished: [Chunk] = []
        let capacity = min(bounds.keysPerCall, end - next)
        var chunk = Chunk(capacity: capacity)
        while next < end {
            let last = cascadeEnd
            let keys = keyCount(next..<last, plan, spellings)
            if !chunk.nodes.isEmpty && keys <= bounds.keysPerCall && chunk.operations.count + keys > bounds.keysPerCall
            {
                finished.append(chunk)
                chunk = Chunk(capacity: capacity)
                if finished.count >= limit { return finished }
            }
            while next < last {
                let index = node(next)
                append(index, to: &chunk, plan, walk, graph, spellings)
                plan.update(index) { $0.isEmitted = true }
                next += 1
                if chunk.operations.count >= bounds.keysPerCall || chunk.operations.byteCount >= bounds.bytesPerCall {
                    finished.append(chunk)
                    chunk = Chunk(capacity: capacity)
                    if finished.count >= limit { return finished }
                }
            }
        }
        if !chunk.nodes.isEmpty { finished.append(chunk) }
        return finished
    }

    private var cascadeEnd: Int {
        var last = next + 1
        while last < end && order[last] >= 0 { last += 1 }
        return last
    }

    private func keyCount(_ range: Range<Int>, _ plan: Plan, _ spellings: KeySpellings) -> Int {
        var count = 0
        for position in range { count += spellings.keyCount(plan.nodes[node(position)].ref.kind) }
        return count
    }

    private mutating func append(
        _ index: Int, to chunk: inout Chunk, _ plan: Plan, _ walk: CascadeWalk, _ graph: Graph,
        _ spellings: KeySpellings
    ) {
        let node = plan.nodes[index]
        let kind = Int(node.ref.kind.value)
        let writes = plan.writes(index, traits)
        let place = walk.place(of: index)
        for number in 0..<spellings.keyCount(node.ref.kind) {
            key.removeAll(keepingCapacity: true)
            // A key that is too long was never written, so there is nothing to touch.
            guard spellings.write(node.ref, number, graph, pool: plan.buffer.pool, into: &key) else { continue }
            if writes, let place, walk.hasDocument(place + number, column: graph.kinds[kind].id.count) {
                write(place + number, graph.kinds[kind].keys[number], graph.kinds[kind].id.count, to: &chunk, walk)
            } else {
                key.withUnsafeBytes { chunk.operations.unlink(key: $0) }
            }
            chunk.nodes.append(Int32(index))
        }
    }

    private mutating func write(
        _ place: Int, _ template: KeyTemplate, _ column: Int, to chunk: inout Chunk, _ walk: CascadeWalk
    ) {
        let milliseconds = timeToLive(template)
        key.withUnsafeBytes { key in
            walk.withDocument(place, column: column) { document in
                if document.count <= template.maxValueSize {
                    chunk.operations.write(key: key, value: document, timeToLive: milliseconds)
                } else {
                    chunk.operations.unlink(key: key)
                }
            }
        }
    }

    private mutating func timeToLive(_ template: KeyTemplate) -> Int64 {
        let spread = template.timeToLive / 1000 * Int64(template.jitter)
        guard spread > 0 else { return template.timeToLive }
        return max(1, template.timeToLive - Int64(random.next() % UInt64(spread)))
    }
}

extension CascadeWalk {
    /// The document at a place of `documents`; nil where there was no row, or its document is null.
    package func document(_ place: Int, column: Int) -> ArraySlice<UInt8>? {
        let ref = documents[place]
        guard ref.rows >= 0, case .text(let texts, let nulls) = results[Int(ref.rows)].columns[column],
            !nulls[Int(ref.row)]
        else { return nil }
        return texts[Int(ref.row)]
    }

    /// Whether there was a row and its document is not null.
    package func hasDocument(_ place: Int, column: Int) -> Bool {
        let ref = documents[place]
        guard ref.rows >= 0, case .text(_, let nulls) = results[Int(ref.rows)].columns[column] else { return false }
        return !nulls[Int(ref.row)]
    }

    /// The document at a place of `documents` that has one.
    package func withDocument(_ place: Int, column: Int, _ body: (UnsafeRawBufferPointer) -> Void) {
        let ref = documents[place]
        guard ref.rows >= 0, case .text(let texts, _) = results[Int(ref.rows)].columns[column] else { return }
        texts.with(Int(ref.row), body)
    }
}
