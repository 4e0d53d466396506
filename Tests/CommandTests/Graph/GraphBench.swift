import FreshetConfig
import FreshetCore
import Glibc
import LocalServers
import PostgresLink
import Synchronization
import TestServers

@testable import CommandKit
@testable import freshet

/// One PostgreSQL for the graph commands' tests, and a way to run them.
enum GraphBench {
    private struct Running {
        var folder: TemporaryFolder
        var server: PostgresServer
        var databases = 0
    }

    private static let running = Mutex<Running?>(nil)

    /// A fresh database, filled by `script`: its URL.
    static func database(_ script: String) throws -> String {
        try running.withLock { running in
            if running == nil {
                let folder = try TemporaryFolder()
                running = Running(folder: folder, server: try PostgresServer(folder: try folder.folder("postgres")))
                atexit { GraphBench.stop() }
            }
            running?.databases += 1
            guard let current = running else { return "" }
            let name = "graph_\(current.databases)"
            try current.server.createDatabase(name)
            let url = current.server.url(database: name)
            try PostgresConnection(PostgresSettings(url: url), access: .readWrite).execute(script)
            return url
        }
    }

    private static func stop() {
        running.withLock {
            $0?.server.stop()
            $0 = nil
        }
    }

    static let league = "\(TestEnvironment.root)/schemas/league.yaml"

    static func load(_ text: String) throws -> LoadedGraph {
        let node = try YAMLReader.read(Array(text.utf8), file: "g.yaml").get()
        return try GraphFile.compile(node, file: "g.yaml") { _ in .failure(SQLFileError(reason: "no files here")) }
    }

    static func run(_ words: [String]) async -> (code: ExitCode, out: String, err: String) {
        let console = Console(out: OutputStream(), err: OutputStream())
        let code = await Program.run(words, environment: [:], console: console, stop: Stop())
        return (code, console.out.collected, console.err.collected)
    }

    /// Two kinds: a team has many matches, a match has one table row.
    static let graph = """
        freshet: 1
        topics:
          t: {format: json, events: after-commit, kind: team}
        kinds:
          team:
            id: bigint
            version: true
            keys:
              - {template: "team:{id}", sql: "select id, doc, version from team where id = any($1)", ttl: 30d}
          match:
            id: {team_id: bigint, day: text}
            on-reach: refresh
            keys:
              - template: "match:{team_id}:{day}"
                sql: select team_id, day, doc from match join unnest($1, $2) as k(t, d) on t = team_id and d = day
                ttl: 1h
              - {template: "matchday:{team_id}:{day}"}
        edges:
          - {from: team, to: match, sql: "select team_id, team_id, day from match where team_id = any($1)"}
          - {from: team, pattern: "stats:{id}:*"}

        """

    static let tables = """
        create table team (id bigint primary key, doc jsonb not null, version bigint not null);
        create table match (team_id bigint, day text, doc jsonb not null);
        insert into team select i, '{}', 1 from generate_series(1, 100) i;
        insert into match select i % 100, 'd:' || i, '{}' from generate_series(1, 20000) i;
        create role stranger login;
        analyze;
        """
}
