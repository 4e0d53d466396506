import FreshetConfig
import Testing

/// Any bytes give a tree or problems that name the file: never a trap, never an answer without a reason.
@Suite struct YAMLFuzzTests {
    static let seeds: [String] = [
        "a: 1\nb:\n  - x\n  - 'y'\nc: {d: ~, e: [1, \"two\", 3]}\n",
        "redis:\n  host: localhost\n  port: 6379\n  password-file: /run/secrets/redis\n",
        "kinds:\n  team:\n    keys:\n      - template: \"team:{id}\"\n"
            + "        sql: |\n          select id\n          from team\n",
        "&a [*a, !!str x, ? y : z, <<: {q: 1}]\n---\n# c\n%YAML 1.1\n...\n",
        "\u{feff}s: >-\n  folded\n  text\nü: \"\\u00e4 \\x41 \\n\"\n",
    ]

    @Test func mutatedFiles() {
        var random = SplitMix(state: 0x5eed_0001)
        let pieces: [[UInt8]] =
            ["\n", "  ", ": ", "- ", "[", "]", "{", "}", "'", "\"", "|", "*a", "&a", "!!", "---\n", "\t", "?", "#"]
            .map { Array($0.utf8) } + [[0xff], [0], [0xc3], [0xef, 0xbb, 0xbf], [0xf4, 0x90, 0x80, 0x80]]
        var trees = 0
        var refused = 0
        for round in 0..<30_000 {
            var bytes = Array(Self.seeds[round % Self.seeds.count].utf8)
            for _ in 0..<random.below(6) {
                let at = random.below(bytes.count + 1)
                switch random.below(5) {
                case 0: bytes.insert(contentsOf: pieces[random.below(pieces.count)], at: at)
                case 1: if at < bytes.count { bytes[at] = UInt8(random.below(256)) }
                case 2: bytes.removeSubrange(min(at, bytes.count)..<min(at + random.below(8), bytes.count))
                case 3: bytes.removeSubrange(at..<bytes.count)
                default:
                    let from = random.below(bytes.count + 1)
                    let slice = Array(bytes[from..<min(from + random.below(20), bytes.count)])
                    bytes.insert(contentsOf: slice, at: at)
                }
            }
            switch YAMLReader.read(bytes, file: "f.yaml") {
            case .success: trees += 1
            case .failure(let problems):
                refused += 1
                let named = problems.problems.allSatisfy {
                    $0.file == "f.yaml" && !$0.wrong.isEmpty && ($0.line ?? 1) > 0
                }
                #expect(named && !problems.problems.isEmpty, "round \(round): \(problems)")
            }
        }
        #expect(trees > 3000 && refused > 3000, "\(trees) trees, \(refused) refused")
    }
}

/// A small generator whose numbers are the same everywhere.
struct SplitMix {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }

    mutating func below(_ bound: Int) -> Int { bound <= 0 ? 0 : Int(next() % UInt64(bound)) }
}
