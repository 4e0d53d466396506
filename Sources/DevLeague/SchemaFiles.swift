import CommandKit
import Foundation

/// The folder `schemas`: the sample graph, its SQL and its season. Found at run time, as binaries are moved about.
package struct SchemaFiles: Sendable {
    package static let installed = "/usr/share/freshet/schemas"

    package let folder: String

    package var graph: String { "\(folder)/league.yaml" }
    package var tables: String { "\(folder)/league/schema.sql" }
    package var loader: String { "\(folder)/league/load.sql" }
    package var season: String { "\(folder)/league/2023-24.en.1.json" }
    package var adjustments: String { "\(folder)/league/adjustments.json" }

    /// `FRESHET_SCHEMAS`; else the nearest folder beside or above the executable; else where packages put it.
    package static func find(environment: [String: String], executable: String? = nil) throws -> SchemaFiles {
        if let folder = environment["FRESHET_SCHEMAS"], !folder.isEmpty {
            guard isSchemas(folder) else {
                throw CommandFailure(.usage, "FRESHET_SCHEMAS: there is no league.yaml in \(folder).")
            }
            return SchemaFiles(folder: folder)
        }
        let start = executable ?? (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? "/"
        for folder in candidates(above: start) + [installed] where isSchemas(folder) {
            return SchemaFiles(folder: folder)
        }
        throw CommandFailure(
            .usage,
            "The sample league's files are missing: no schemas/league.yaml beside or above \(start), nor in "
                + "\(installed). Set FRESHET_SCHEMAS to the folder `schemas` of a clone.")
    }

    package static func candidates(above executable: String) -> [String] {
        var parts = executable.split(separator: "/").dropLast()
        var folders: [String] = []
        while true {
            folders.append("/" + (parts + ["schemas"]).joined(separator: "/"))
            if parts.isEmpty { return folders }
            parts.removeLast()
        }
    }

    package func text(_ path: String) throws -> String {
        do {
            return try String(contentsOf: URL(filePath: path), encoding: .utf8)
        } catch {
            throw CommandFailure(.usage, "Can't read \(path): \(error.localizedDescription)")
        }
    }

    private static func isSchemas(_ folder: String) -> Bool {
        FileManager.default.isReadableFile(atPath: "\(folder)/league.yaml")
    }
}
