import FreshetCore
import Glibc
import LocalServers
import PostgresLink
import Synchronization

/// One server for all tests that don't break it, with a database for each that asks.
enum SharedPostgres {
    private struct Running {
        var folder: TemporaryFolder
        var server: PostgresServer
        var databases = 0
    }

    private static let running = Mutex<Running?>(nil)

    /// A fresh database, filled by `script`: its URL for the superuser.
    static func database(_ script: String = "") throws -> String {
        try running.withLock { running in
            if running == nil {
                let folder = try TemporaryFolder()
                running = Running(folder: folder, server: try PostgresServer(folder: try folder.folder("postgres")))
                atexit { SharedPostgres.stop() }
            }
            running?.databases += 1
            guard let current = running else { return "" }
            let name = "test_\(current.databases)"
            try current.server.createDatabase(name)
            let url = current.server.url(database: name)
            if !script.isEmpty {
                try PostgresConnection(.patient(url), access: .readWrite).execute(script)
            }
            return url
        }
    }

    private static func stop() {
        running.withLock {
            $0?.server.stop()
            $0 = nil
        }
    }
}

extension PostgresSettings {
    /// For what isn't about limits: a busy machine may take long for anything.
    static func patient(_ target: Target) -> PostgresSettings {
        PostgresSettings(target: target, connectTimeout: 60_000, statementTimeout: 120_000, roundTripTimeout: 240_000)
    }

    static func patient(_ url: String) -> PostgresSettings { patient(Target.url(url)) }
}

extension Statement {
    /// A read model as the graph declares it: `id`, `doc` and, if asked for, `version`.
    static func readModel(_ sql: String, id: IDType = .bigint, version: Bool = false) -> Statement {
        var columns = [Column(name: "id", type: .id(id)), Column(name: "doc", type: .document)]
        if version { columns.append(Column(name: "version", type: .version)) }
        return Statement(name: "kind match", sql: sql, parameters: [id], columns: columns)
    }
}

extension Rows.Column {
    var integers: [Int64?] {
        guard case .bigint(let values, let nulls) = self else { return [] }
        return zip(values, nulls).map { $1 ? nil : $0 }
    }

    var texts: [String?] {
        guard case .text(let values, let nulls) = self else { return [] }
        return nulls.indices.map { nulls[$0] ? nil : values.string($0) }
    }

    var uuids: [UUIDBits?] {
        guard case .uuid(let values, let nulls) = self else { return [] }
        return zip(values, nulls).map { $1 ? nil : $0 }
    }
}

extension ByteArena {
    init(_ strings: [String]) {
        self.init()
        for string in strings { append(string.utf8) }
    }
}
