/// Every key that a template can yield, as a position automaton (Glushkov's): each position reads one byte of its set,
/// and a key is a path from the start to a last position.
///
/// It holds a few keys too many (integers of any length), never one too few: what it proves apart is apart.
package struct KeyLanguage: Sendable {
    private struct Position {
        var bytes: ByteSet
        var next: [Int] = []
        /// Which piece of the template reads here.
        var piece: Int
    }

    /// A run of positions: where it can begin and end, and whether it can be empty.
    private struct Fragment {
        var first: [Int]
        var last: [Int]
        var canBeEmpty = false
    }

    /// Position 0 is the start and reads nothing.
    private var positions: [Position] = [Position(bytes: ByteSet { _ in false }, piece: -1)]
    private var last: [Int] = [0]
    private var isLast: [Bool] = []

    /// The keys of a template, or, with `glob`, those that a key pattern matches: there `*` and `?` of the literals
    /// mean what they mean to SCAN.
    package init(_ pieces: [KeyTemplate.Piece], id: [Kind.IDPart], glob: Bool = false) {
        for (index, piece) in pieces.enumerated() {
            switch piece {
            case .literal(let bytes):
                for byte in bytes { append(literal(byte, index, glob: glob)) }
            case .part(let part):
                append(fragment(id[part].type, index))
            }
        }
        close()
    }

    /// Every key that begins with these bytes.
    package init(prefix: [UInt8]) {
        for byte in prefix { append(single(ByteSet(byte), 0)) }
        append(literal(UInt8(ascii: "*"), 1, glob: true))
        close()
    }

    private mutating func close() {
        isLast = Array(repeating: false, count: positions.count)
        for position in last { isLast[position] = true }
    }

    private mutating func append(_ fragment: Fragment) {
        for position in last { positions[position].next += fragment.first }
        last = fragment.canBeEmpty ? last + fragment.last : fragment.last
    }

    private mutating func single(_ bytes: ByteSet, _ piece: Int) -> Fragment {
        positions.append(Position(bytes: bytes, piece: piece))
        return Fragment(first: [positions.count - 1], last: [positions.count - 1])
    }

    private mutating func literal(_ byte: UInt8, _ piece: Int, glob: Bool) -> Fragment {
        guard glob, byte == UInt8(ascii: "*") || byte == UInt8(ascii: "?") else { return single(ByteSet(byte), piece) }
        var fragment = single(.all, piece)
        if byte == UInt8(ascii: "*") {
            positions[fragment.first[0]].next.append(fragment.first[0])
            fragment.canBeEmpty = true
        }
        return fragment
    }

    private mutating func fragment(_ type: IDType, _ piece: Int) -> Fragment {
        let base = positions.count
        func add(_ bytes: ByteSet, _ next: [Int]) {
            positions.append(Position(bytes: bytes, next: next, piece: piece))
        }
        switch type {
        case .bigint:
            // `0`, or an optional minus, a digit that isn't zero, and digits.
            add(ByteSet(UInt8(ascii: "0")), [])
            add(ByteSet(UInt8(ascii: "-")), [base + 2])
            add(ByteSet { $0 >= 0x31 && $0 <= 0x39 }, [base + 3])
            add(.digit, [base + 3])
            return Fragment(first: [base, base + 1, base + 2], last: [base, base + 2, base + 3])
        case .uuid:
            for index in 0..<36 {
                let isHyphen = index == 8 || index == 13 || index == 18 || index == 23
                add(isHyphen ? ByteSet(UInt8(ascii: "-")) : .hex, index < 35 ? [base + index + 1] : [])
            }
            return Fragment(first: [base], last: [base + 35])
        case .text:
            // One or more of: a plain byte; `%` and two digits.
            add(.plain, [base, base + 1])
            add(ByteSet(UInt8(ascii: "%")), [base + 2])
            add(.hex, [base + 3])
            add(.hex, [base, base + 1])
            return Fragment(first: [base, base + 1], last: [base, base + 3])
        }
    }

    /// A shortest key that belongs to both; nil if there is none.
    package static func common(_ a: KeyLanguage, _ b: KeyLanguage) -> String? {
        search(a, b) { a.isLast[$0] && b.isLast[$1] }
    }

    /// A key that can be read in two ways, i.e. two ids that yield it; nil if each key names one id.
    package var ambiguousKey: String? {
        Self.search(self, self, tracksPieces: true) { isLast[$0] && isLast[$1] }
    }

    private struct Step {
        var a: Int
        var b: Int
        var hasParted: Bool
        var from: Int
        var byte: UInt8
    }

    /// Breadth first over pairs of positions, so it ends after `a.count * b.count` pairs (twice that with
    /// `tracksPieces`, where only a pair of different readings counts).
    private static func search(
        _ a: KeyLanguage, _ b: KeyLanguage, tracksPieces: Bool = false, isEnd: (Int, Int) -> Bool
    ) -> String? {
        var steps = [Step(a: 0, b: 0, hasParted: !tracksPieces, from: -1, byte: 0)]
        var seen = Set<Int>()
        var index = 0
        while index < steps.count {
            let step = steps[index]
            if step.hasParted, isEnd(step.a, step.b) { return text(steps, index) }
            for nextA in a.positions[step.a].next {
                for nextB in b.positions[step.b].next {
                    guard let byte = a.positions[nextA].bytes.common(with: b.positions[nextB].bytes) else { continue }
                    let hasParted = step.hasParted || a.positions[nextA].piece != b.positions[nextB].piece
                    let name = (nextA * b.positions.count + nextB) * 2 + (hasParted ? 1 : 0)
                    guard seen.insert(name).inserted else { continue }
                    steps.append(Step(a: nextA, b: nextB, hasParted: hasParted, from: index, byte: byte))
                }
            }
            index += 1
        }
        return nil
    }

    private static func text(_ steps: [Step], _ end: Int) -> String {
        var bytes: [UInt8] = []
        var index = end
        while index > 0 {
            bytes.append(steps[index].byte)
            index = steps[index].from
        }
        return String(decoding: bytes.reversed(), as: UTF8.self)
    }
}
