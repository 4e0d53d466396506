import FreshetCore
import Testing

@Suite struct KeyLanguageTests {
    private static let parts: [Kind.IDPart] = [
        .init(name: "b", type: .bigint), .init(name: "u", type: .uuid), .init(name: "t", type: .text),
        .init(name: "t2", type: .text), .init(name: "b2", type: .bigint),
    ]

    /// `x:{b}` → pieces.
    private static func pieces(_ template: String) -> [KeyTemplate.Piece] {
        var pieces: [KeyTemplate.Piece] = []
        for (index, text) in template.split(separator: "{", omittingEmptySubsequences: false).enumerated() {
            var literal = String(text)
            if index > 0 {
                let halves = text.split(separator: "}", maxSplits: 1, omittingEmptySubsequences: false)
                pieces.append(.part(parts.firstIndex { $0.name == halves[0] } ?? 99))
                literal = String(halves[1])
            }
            if !literal.isEmpty { pieces.append(.literal(Array(literal.utf8))) }
        }
        return pieces
    }

    private static func language(_ template: String, glob: Bool = false) -> KeyLanguage {
        KeyLanguage(pieces(template), id: parts, glob: glob)
    }

    @Test(arguments: [
        ("x:{b}", "x:{b}", "x:0"),
        ("x:{b}", "x:{t}", "x:0"),
        ("x:{b}", "x:7", "x:7"),
        ("x:{b}", "x:-7", "x:-7"),
        ("x:{u}", "x:{t}", "x:00000000-0000-0000-0000-000000000000"),
        ("x{t}", "{t}y", "xy"),
        ("{t}", "%3a", "%3a"),
        ("a{t}b{t}", "{t}", "a0b0"),
    ])
    func overlapping(_ a: String, _ b: String, _ example: String) {
        #expect(KeyLanguage.common(Self.language(a), Self.language(b)) == example)
        #expect(KeyLanguage.common(Self.language(b), Self.language(a)) == example)
    }

    @Test(arguments: [
        ("x:{b}", "y:{b}"),
        ("x:{b}", "x:007"),
        ("x:{b}", "x:-"),
        ("x:{b}", "x:{u}"),
        ("x:{b}", "x:{b}:{b2}"),
        ("x:{t}", "x:{t}:{t2}"),
        ("{t}", "a:b"),
        ("{t}", "%zz"),
        ("{t}", "%3"),
        ("a:{t}", "a:"),
        ("x:{b}:a", "x:{b}:b"),
    ])
    func apart(_ a: String, _ b: String) {
        #expect(KeyLanguage.common(Self.language(a), Self.language(b)) == nil)
        #expect(KeyLanguage.common(Self.language(b), Self.language(a)) == nil)
    }

    @Test func patterns() {
        let key = Self.language("x:{b}:tail")
        #expect(KeyLanguage.common(Self.language("x:*", glob: true), key) == "x:0:tail")
        #expect(KeyLanguage.common(Self.language("*l", glob: true), key) == "x:0:tail")
        #expect(KeyLanguage.common(Self.language("x:?:tail", glob: true), key) == "x:0:tail")
        #expect(KeyLanguage.common(Self.language("x:*", glob: false), key) == nil)
        #expect(KeyLanguage.common(Self.language("y*", glob: true), key) == nil)
        #expect(KeyLanguage.common(Self.language("*", glob: true), KeyLanguage(prefix: Array("v1:".utf8))) == "v1:")
    }

    @Test(
        arguments: [
            ("x:{b}{b2}", "x:100"), ("x:{t}{t2}", "x:000"), ("x:{t}a{t2}", "x:aaaa"), ("x:{b}-{b2}", nil),
            ("x:{t}-{t2}", "x:----"), ("x:{t}:{t2}", nil), ("x:{u}{t}", nil), ("x:{b}:{b2}", nil), ("x:{b}:{b}", nil),
            ("x:{t}{u}", nil), ("x:{t}%3a{t2}", "x:0%3a%3a0"),
        ] as [(String, String?)])
    func ambiguous(_ template: String, _ example: String?) {
        let found = Self.language(template).ambiguousKey
        #expect((found == nil) == (example == nil), "\(found ?? "none")")
        #expect(found?.count == example?.count, "\(found ?? "none")")
    }

    /// What is proved apart stays apart: random keys of two templates are equal only where the check said so.
    @Test func agreesWithRandomKeys() {
        var random = SplitMix(seed: 3)
        let templates = [
            "x:{b}", "x:{t}", "x:{t}:{t2}", "{t}:{t2}", "{t}x", "x{t}", "y:{b}:z", "y:{t}:z", "{u}", "{b}",
        ]
        for a in templates {
            for b in templates where a < b {
                let overlap = KeyLanguage.common(Self.language(a), Self.language(b)) != nil
                var seen = Set<String>()
                for _ in 0..<300 { seen.insert(key(a, &random)) }
                let met = (0..<300).contains { _ in seen.contains(key(b, &random)) }
                if met { #expect(overlap, "\(a) and \(b)") }
            }
        }
    }

    private func key(_ template: String, _ random: inout SplitMix) -> String {
        var bytes: [UInt8] = []
        for piece in Self.pieces(template) {
            switch piece {
            case .literal(let literal): bytes += literal
            case .part(let part):
                switch Self.parts[part].type {
                case .bigint: KeyText.appendDecimal(Int64.random(in: -3...9, using: &random), into: &bytes)
                case .uuid: KeyText.appendUUID(high: 0, low: random.next() & 1, into: &bytes)
                case .text:
                    let text = (0..<Int.random(in: 1...2, using: &random)).map { _ in
                        Array("x:-01".utf8)[Int.random(in: 0..<5, using: &random)]
                    }
                    text.withUnsafeBytes { KeyText.appendEscaped(part: 0, of: $0, into: &bytes) }
                }
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
