import Glibc
import LocalServers
import Synchronization

/// One PostgreSQL for all tests that don't break it, with a database for each.
enum SharedLeagueServer {
    private struct Running {
        var folder: TemporaryFolder
        var server: PostgresServer
        var databases = 0
    }

    private static let running = Mutex<Running?>(nil)

    static func database() throws -> (PostgresServer, name: String) {
        try running.withLock { running in
            if running == nil {
                let folder = try TemporaryFolder()
                let server = try PostgresServer(
                    folder: folder.folder("postgres", owner: PostgresServer.user), settings: ["max_connections": "400"])
                running = Running(folder: folder, server: server)
                atexit { SharedLeagueServer.stop() }
            }
            running?.databases += 1
            guard let current = running else { throw ServerFailure("unreachable") }
            let name = "league_\(current.databases)"
            try current.server.createDatabase(name)
            return (current.server, name)
        }
    }

    private static func stop() {
        running.withLock {
            $0?.server.stop()
            $0 = nil
        }
    }
}
