import FreshetConfig
import Testing

@Suite struct YAMLReaderTests {
    /// The tree in one line, each node with its place.
    static func write(_ node: YAMLNode) -> String {
        let place = "@\(node.line):\(node.column)"
        return switch node.content {
        case .null: "null\(place)"
        case .scalar(let text, let plain): (plain ? text : "'\(text)'") + place
        case .sequence(let items): "[" + items.map(write).joined(separator: ", ") + "]" + place
        case .mapping(let members):
            "{" + members.map { "\($0.key)@\($0.keyLine)=\(write($0.value))" }.joined(separator: ", ") + "}" + place
        }
    }

    static func read(_ text: String) -> String {
        switch YAMLReader.read(Array(text.utf8), file: "f.yaml") {
        case .success(let node): write(node)
        case .failure(let problems): "\(problems)"
        }
    }

    @Test func everyNodeKnowsItsPlace() {
        #expect(
            Self.read("a: 1\nb:\n  - x\n  - 'y'\nc: {d: ~}\n")
                == "{a@1=1@1:4, b@2=[x@3:5, 'y'@4:5]@3:3, c@5={d@5=null@5:8}@5:4}@1:1")
    }

    @Test func nothingIsGuessed() {
        #expect(
            Self.read("on: yes\nno: 010\nx: 1_000\nd: 2024-05-19\ns: 1:30")
                == "{on@1=yes@1:5, no@2=010@2:5, x@3=1_000@3:4, d@4=2024-05-19@4:4, s@5=1:30@5:4}@1:1")
    }

    @Test(arguments: [
        ("", "null@1:1"), ("# nothing\n", "null@1:1"), ("\u{feff}a: 1", "{a@1=1@1:4}@1:1"),
        ("---\na: 1\n...\n", "{a@2=1@2:4}@2:1"), ("a:\r\n  b: 2\r\n", "{a@1={b@2=2@2:6}@2:3}@1:1"),
        ("a: |\n  x\n  y\n", "{a@1='x\ny\n'@1:4}@1:1"), ("\"a\": 'null'", "{a@1='null'@1:6}@1:1"),
    ])
    func accepts(_ text: String, _ tree: String) {
        #expect(Self.read(text) == tree)
    }

    @Test(arguments: [
        (
            "a: 1\nb:\n  c: 1\n  d: 2\n  c: 3\na: 2\n",
            """
            f.yaml:5: b.c: stands twice, first in line 3; keep one of the two
            f.yaml:6: a: stands twice, first in line 1; keep one of the two
            """
        ),
        (
            "a: &x [1]\nb: *x\n",
            """
            f.yaml:1: a: `&x` is an anchor; anchors and aliases are not read; write the value out
            f.yaml:2: b: `*x` refers to an anchor; anchors and aliases are not read; write the value out
            """
        ),
        ("a: !!int 1", "f.yaml:1: a: `tag:yaml.org,2002:int` is a tag; tags are not read; remove it"),
        (
            "a: 1\n---\nb: 2\n",
            "f.yaml:2: a second document starts here; a configuration is one document; remove the `---`"
        ),
        ("<<: {a: 1}\n", "f.yaml:1: `<<` merges another mapping; merging is not read; write the settings out"),
        ("? [1]\n: 2\n", "f.yaml:1: a key is not a name; write `name: value`"),
        (
            "a: 1\n\tb: 2\n",
            "f.yaml:2: is not YAML: found a tab character that violates indentation while scanning a plain scalar "
                + "that began in line 1; indent with spaces, not tabs"
        ),
        (
            "a: @x\n",
            "f.yaml:1: is not YAML: found character that cannot start any token while scanning for the next token "
                + "that began in line 1; put the value in quotes, and indent with spaces, not tabs"
        ),
        (
            "a: b: c\n",
            "f.yaml:1: is not YAML: mapping values are not allowed in this context; "
                + "put a value with `: ` in it in quotes, and check the indentation"
        ),
        (
            "a: 'x\n",
            "f.yaml:2: is not YAML: found unexpected end of stream while scanning a quoted scalar "
                + "that began in line 1; close the quotes or brackets"
        ),
        ("a: 1\nb: \u{1}\n", "f.yaml:2: is not YAML: control characters are not allowed; look at column 1"),
    ])
    func refuses(_ text: String, _ message: String) {
        #expect(Self.read(text) == message)
    }

    @Test func aPasswordThatLooksLikeAnAnchorIsNotRepeated() {
        #expect(
            Self.read("password: *hunter2")
                == "f.yaml:1: password: `*…` refers to an anchor; anchors and aliases are not read; write the value out"
        )
        #expect(!Self.read("a: {password: &hunter2 x}\nb: 1").contains("hunter2"))
        #expect(!Self.read("redis-password: !hunter2 x").contains("hunter2"))
    }

    @Test func bytesThatAreNotUTF8() {
        let problems = YAMLReader.read(Array("a: 1\nb: ".utf8) + [0xff, 0x0a], file: "f.yaml")
        #expect("\(problems)".contains("f.yaml:2: byte 0xff is not UTF-8; save the file as UTF-8"))
    }

    @Test func boundsOfSizeDepthAndNumber() {
        #expect(
            Self.read(String(repeating: "a", count: 1_048_577))
                == "f.yaml: has 1048577 bytes; a configuration has at most 1MiB")
        #expect(
            Self.read("a: " + String(repeating: "[", count: 31) + String(repeating: "]", count: 31)).hasPrefix(
                "{a@1=[["))
        #expect(
            Self.read(String(repeating: "[", count: 500_000)).hasSuffix(
                "is nested more than 32 levels deep; no setting lies that deep"))
        #expect(
            Self.read("a: [" + String(repeating: "1,", count: 100_000) + "]").hasSuffix(
                "has more than 100000 values; split the configuration"))
    }

    @Test func aFileFullOfProblemsEndsInAHundred() {
        let text = (0..<500).map { "a: \($0)\n" }.joined()
        #expect(Self.read(text).split(separator: "\n").count == 100)
    }
}
