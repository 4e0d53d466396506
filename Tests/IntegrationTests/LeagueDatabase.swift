import Foundation
import LocalServers
import TestServers

/// A PostgreSQL of its own with the sample league's tables, used through psql as a newcomer would.
final class LeagueDatabase: Sendable {
    private static let repository = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    static let folder = repository.appending(path: "schemas/league")
    static let adjustments = folder.appending(path: "adjustments.json")

    private let temporary: TemporaryFolder
    let server: PostgresServer

    init() throws {
        temporary = try TemporaryFolder()
        server = try PostgresServer(folder: temporary.folder("postgres", owner: "postgres"))
        try run(files: ["schema.sql", "load.sql"].map { Self.folder.appending(path: $0).path })
    }

    deinit { server.stop() }

    /// Loads one of openfootball's files as season `id`, with the adjustments that name it.
    func load(season id: Int, from file: URL, played: Bool) throws {
        let document = try quoted(contentsOf: file)
        let adjustments = try quoted(contentsOf: Self.adjustments)
        try run(
            script: """
                select league_load(\(id), \(document), \(played));
                select league_adjust(\(id), \(adjustments), '9999-12-31') where \(played);
                """)
    }

    /// Rows with their columns joined by spaces.
    func rows(_ sql: String) throws -> [String] {
        try psql(["--no-align", "--tuples-only", "--field-separator= "], input: sql)
            .split(separator: "\n").map(String.init)
    }

    func run(script: String) throws { _ = try psql(["--single-transaction"], input: script) }

    private func run(files: [String]) throws {
        _ = try psql(["--single-transaction"] + files.map { "--file=\($0)" }, input: "")
    }

    func quoted(contentsOf file: URL) throws -> String {
        "'" + (try String(contentsOf: file, encoding: .utf8)).replacingOccurrences(of: "'", with: "''") + "'"
    }

    private func psql(_ options: [String], input: String) throws -> String {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments =
            ["psql", "--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", "--dbname=\(server.url())"] + options
        // The result goes to a file: a season is larger than a pipe's buffer in both directions.
        let (given, taken) = (URL(filePath: "\(temporary.path)/given.sql"), URL(filePath: "\(temporary.path)/taken"))
        try Data(input.utf8).write(to: given)
        try Data().write(to: taken)
        process.standardInput = try FileHandle(forReadingFrom: given)
        process.standardOutput = try FileHandle(forWritingTo: taken)
        let errors = Pipe()
        process.standardError = errors
        try process.run()
        let message = errors.fileHandleForReading.readDataToEndOfFile()
        guard process.end() == 0 else {
            throw Refused(message: String(decoding: message, as: UTF8.self))
        }
        return try String(contentsOf: taken, encoding: .utf8)
    }

    struct Refused: Error {
        var message: String
    }
}
