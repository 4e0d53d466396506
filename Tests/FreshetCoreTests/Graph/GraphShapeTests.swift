import FreshetCore
import Testing

@Suite struct GraphShapeTests {
    /// `a>b` goes on, `a|b` stops, `a.b` is by field.
    private func shape(_ text: String) -> (shape: GraphShape, edges: [Edge]) {
        let edges = text.split(separator: " ").map { word -> Edge in
            let letters = Array(word.utf8)
            let kinds = (Int(letters[0]) - 97, Int(letters[2]) - 97)
            return Edge(
                name: String(word), from: KindIndex(kinds.0), to: KindIndex(kinds.1),
                resolution: letters[1] == UInt8(ascii: ".") ? .field(["x"]) : .all,
                stops: letters[1] == UInt8(ascii: "|"),
                remembers: false, isProjected: false)
        }
        return (GraphShape(kindCount: 6, edges: edges), edges)
    }

    private func names(_ path: [Int], _ edges: [Edge]) -> String { path.map { edges[$0].name }.joined(separator: " ") }

    @Test(
        arguments: [
            ("a>b b>c", []), ("a>b b>a", ["a>b b>a"]), ("a>a", ["a>a"]), ("a>b b|a", []),
            ("a>b b>c c>d d>b", ["b>c c>d d>b"]),
            ("a>b a>c b>d c>d", []), ("a>b b>a c>d d>c", ["a>b b>a", "c>d d>c"]), ("a.b b>a", ["a.b b>a"]),
        ] as [(String, [String])])
    func cycles(_ text: String, _ cycles: [String]) {
        let (shape, edges) = shape(text)
        #expect(shape.cycles().map { names($0, edges) } == cycles)
    }

    @Test(arguments: [
        ("a>b b>c", "a>b b>c"), ("a>b b|c c>d d>e e>f", "c>d d>e e>f"), ("a>b a>c c>b b>d", "a>c c>b b>d"),
        ("a|b", "a|b"), ("", ""),
    ])
    func longestPaths(_ text: String, _ path: String) {
        let (shape, edges) = shape(text)
        #expect(names(shape.longestPath(), edges) == path)
    }

    @Test(arguments: [
        ("a>b b>c", "abc"), ("a|b b>c", "ab"), ("a>b b.c", "ab"), ("a.b b>c", "abc"), ("b>c", "a"),
        ("a|b a>c c>b b>d", "abcd"),
    ])
    func reachedFromA(_ text: String, _ kinds: String) {
        let reached = shape(text).shape.reached(from: [KindIndex(0)])
        #expect(reached == Set(kinds.utf8.map { KindIndex(Int($0) - 97) }))
    }
}
