import Foundation
import Testing

@testable import CommandKit
@testable import DevLeague
@testable import freshet

@Suite struct SchemaFilesTests {
    @Test func theyAreLookedForBesideTheExecutableAndAboveIt() {
        #expect(
            SchemaFiles.candidates(above: "/opt/freshet/bin/freshet") == [
                "/opt/freshet/bin/schemas", "/opt/freshet/schemas", "/opt/schemas", "/schemas",
            ])
    }

    @Test func theNearestIsTaken() throws {
        let folder = FileManager.default.temporaryDirectory.appending(
            path: "schema-files-\(UInt64.random(in: 0 ... .max))")
        defer { try? FileManager.default.removeItem(at: folder) }
        try FileManager.default.createDirectory(
            at: folder.appending(path: "schemas"), withIntermediateDirectories: true)
        try Data().write(to: folder.appending(path: "schemas/league.yaml"))
        let found = try SchemaFiles.find(environment: [:], executable: "\(folder.path)/.build/debug/freshet")
        #expect(found.folder == "\(folder.path)/schemas")
    }

    @Test func aFolderWithoutTheGraphIsRefusedByName() {
        let error = #expect(throws: CommandFailure.self) {
            try SchemaFiles.find(environment: ["FRESHET_SCHEMAS": "/nowhere"])
        }
        #expect(error?.exit == .usage)
        #expect(error?.message == "FRESHET_SCHEMAS: there is no league.yaml in /nowhere.")
    }
}
