import Testing

/// Each rule finds a sample that breaks it, and leaves one alone that doesn't.
@Suite struct RuleTests {
    private func file(_ path: String, _ text: String) -> SourceFile { SourceFile(path: path, text: text) }

    @Test func importsOutsideTheTableAreFound() {
        #expect(
            ImportTable.violations(in: file("Sources/FreshetCore/A.swift", "import Foundation\n"))
                == ["Sources/FreshetCore/A.swift:1: FreshetCore may not import Foundation"])
        #expect(
            ImportTable.violations(in: file("Sources/FreshetWorker/A.swift", "\n@preconcurrency import RedisLink\n"))
                == ["Sources/FreshetWorker/A.swift:2: FreshetWorker may not import RedisLink"])
        #expect(
            ImportTable.violations(in: file("Sources/freshet/A.swift", "import CRdkafka\nimport KafkaLink\n"))
                == ["Sources/freshet/A.swift:1: freshet may not import CRdkafka"])
        #expect(ImportTable.violations(in: file("Sources/KafkaLink/A.swift", "import CRdkafka\nimport Glibc\n")) == [])
        #expect(
            ImportTable.violations(in: file("Sources/Extra/A.swift", "")) == [
                "Sources/Extra/A.swift: Extra is not in the table"
            ])
    }

    @Test(
        arguments: [
            ("import Foundation", "Foundation"), ("package import FreshetCore", "FreshetCore"),
            ("@testable import freshet", "freshet"), ("import struct Foundation.Data", "Foundation"),
            ("  import Glibc  // sockets", "Glibc"), ("// import Foundation", nil), ("let x = important", nil),
        ] as [(String, String?)])
    func importLines(line: String, module: String?) {
        #expect(ImportTable.imported(line) == module)
    }

    @Test func longFilesLinesAndFunctionsAreFound() {
        let long = String(repeating: "let a = 1\n", count: 351)
        #expect(StyleRules.violations(in: file("A.swift", long)) == ["A.swift: 351 lines (at most 350)"])
        #expect(StyleRules.violations(in: file("A.swift", String(repeating: "let a = 1\n", count: 350))) == [])

        let wide = "let a = " + String(repeating: "1", count: 113)
        #expect(StyleRules.violations(in: file("A.swift", wide)) == ["A.swift:1: 121 columns (at most 120)"])

        let body = String(repeating: "        work()\n", count: 79)
        let function = "struct A {\n    func long() {\n\(body)    }\n}\n"
        #expect(
            StyleRules.violations(in: file("A.swift", function)) == ["A.swift:2: a function of 81 lines (at most 80)"])
        let shorter = function.replacing("        work()\n", with: "", maxReplacements: 1)
        #expect(StyleRules.violations(in: file("A.swift", shorter)) == [])
    }

    @Test func requirementsWithoutABodyAreNoFunctions() {
        let text =
            "protocol A {\n    func a()\n}\n" + String(repeating: "let b = 1\n", count: 100) + "struct C {\n    }\n"
        #expect(StyleRules.longFunctions(in: file("A.swift", text)) == [])
    }

    @Test func marksAndMachinePathsAreFound() {
        for sample in [
            "// TO" + "DO later", "// FIX" + "ME: broken", "let p = \"/ro" + "ot/x\"", "\"/wo" + "rk/main\"",
        ] {
            #expect(StyleRules.violations(in: file("A.swift", sample)).count == 1, "\(sample)")
        }
        #expect(StyleRules.violations(in: file("A.swift", "let url = \"/worker/x\" // todos: see mastodon")) == [])
    }

    @Test(arguments: ["try! f()", "x as! Y", "fatalError(\"no\")"])
    func whatCanEndTheProcessNeedsAReason(sample: String) {
        #expect(StyleRules.dangers(in: file("A.swift", sample)).count == 1)
        #expect(StyleRules.dangers(in: file("A.swift", "// a literal of ours\n\(sample)")) == [])
        #expect(StyleRules.dangers(in: file("A.swift", "let text = \"\(sample.filter { $0 != "\"" })\"")) == [])
    }

    @Test(arguments: [
        "final class A: @unchecked Sendable {", "let p = Unmanaged.passRetained(a)", "nonisolated(unsafe) var a = 1",
    ])
    func uncheckedPromisesNeedAReason(sample: String) {
        #expect(StyleRules.dangers(in: file("A.swift", "\n\(sample)\n}")).count == 1)
        #expect(StyleRules.dangers(in: file("A.swift", "/// Behind a lock.\n\(sample)")) == [])
        #expect(StyleRules.dangers(in: file("A.swift", "\(sample)  // one thread only")) == [])
    }

    @Test func strangersAtTheTopAreFound() {
        #expect(
            LayoutRules.strangers(among: ["Sources", ".ci", "notes.txt", "README.md"]) == [
                "notes.txt: not an entry of the top level"
            ])
    }

    @Test func commandsThatDontExistAreFound() {
        let makefile = "RUN := x\n.PHONY: run\nrun: packages ## runs\n\t@echo hi: there\n"
        let text = "make sure that `make run` works.\n\n```\nmake tset   # make believe\nsudo make run ARGS=1\n```\n"
        #expect(LayoutRules.commands(in: text) == ["run", "tset", "run"])
        #expect(
            LayoutRules.unknownTargets(in: text, makefile: makefile) == ["make tset: the Makefile has no such target"])
    }

    @Test func foldersOutsideTheFileMapAreFound() {
        #expect(
            LayoutRules.unmapped(folders: ["KafkaLink", "RedisLink"], in: "| `KafkaLink` | librdkafka |") == [
                "Sources/RedisLink: not in the file map of the architecture notes"
            ])
    }
}
