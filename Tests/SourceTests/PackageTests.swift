import Foundation
import Testing

/// Holds the sources to the architecture notes. The rules themselves are tested by `RuleTests`.
@Suite struct PackageTests {
    @Test func importsFollowTheTable() throws {
        let files = try Package.swiftFiles(under: ["Sources"])
        #expect(files.count > 50)
        expectNone(files.flatMap(ImportTable.violations))
    }

    @Test func sourcesKeepToTheBounds() throws {
        try expectNone(Package.swiftFiles(under: ["Sources", "Tests"]).flatMap(StyleRules.violations))
    }

    @Test func dangersHaveReasons() throws {
        try expectNone(Package.swiftFiles(under: ["Sources"]).flatMap(StyleRules.dangers))
    }

    @Test func topLevelHoldsOnlyWhatBelongsThere() throws {
        expectNone(LayoutRules.strangers(among: try Package.topLevel()))
    }

    @Test func everyModuleIsInTheTable() throws {
        let modules = try Package.folders(of: "Sources").filter { !$0.hasPrefix("C") && $0 != "Documentation.docc" }
        expectNone(Set(modules).subtracting(ImportTable.allowed.keys).sorted())
    }

    @Test func commandsOfTheTextsExist() throws {
        let makefile = try Package.text("Makefile")
        for file in try texts() {
            let text = file.lines.joined(separator: "\n")
            expectNone(LayoutRules.unknownTargets(in: text, makefile: makefile))
        }
    }

    @Test func fileMapNamesEveryFolder() throws {
        let notes = try Package.files(under: ["Sources"]) { $0.hasSuffix(".md") }
        // The map belongs to the notes; until they are there, there is nothing that could be wrong.
        guard !notes.isEmpty else { return }
        let all = notes.flatMap(\.lines).joined(separator: "\n")
        let folders = try Package.folders(of: "Sources").filter { !$0.hasSuffix(".docc") }
        expectNone(LayoutRules.unmapped(folders: folders, in: all))
    }

    /// README, notes and what is under deploy.
    private func texts() throws -> [SourceFile] {
        var files = try Package.files(under: ["Sources", "deploy", "schemas"]) { $0.hasSuffix(".md") }
        if let readme = try? Package.text("README.md") { files.append(SourceFile(path: "README.md", text: readme)) }
        return files
    }

    /// One issue for each finding, so that the run shows them all.
    private func expectNone(_ findings: [String], at location: SourceLocation = #_sourceLocation) {
        for finding in findings { Issue.record(Comment(rawValue: finding), sourceLocation: location) }
    }
}
