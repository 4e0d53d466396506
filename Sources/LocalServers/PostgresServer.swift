import Glibc
import Synchronization

/// A PostgreSQL of its own on a loopback port and a socket in its folder. Run by root, it runs as user `postgres`.
package final class PostgresServer: Sendable {
    /// Who owns its files where root starts it: `postgres` refuses to run as root.
    package static let user = "postgres"

    package let port: Int
    /// Data, socket, log and pid file.
    package let folder: String
    private let programs: String
    private let settings: [String: String]
    private let process: Mutex<ServerProcess?>

    package var data: String { "\(folder)/data" }

    /// Makes a cluster below `folder` (one the server's user can walk to, as `TemporaryFolder` makes them), starts it
    /// and returns once it takes connections. Roles of `passwords` must give theirs; everybody else is trusted. With
    /// `replicaOf` it follows that server instead.
    package init(
        folder: String, settings: [String: String] = [:], passwords: [String: String] = [:],
        replicaOf primary: PostgresServer? = nil
    ) throws(ServerFailure) {
        self.folder = folder
        programs = try PostgresPrograms.folder()
        try Self.give(folder)
        // Nothing here outlives a crash of the machine, so nobody waits for its disk; a crash of the server alone loses
        // no commit.
        var all = [
            "fsync": "off", "full_page_writes": "off", "shared_buffers": "32MB",
            "listen_addresses": "127.0.0.1", "unix_socket_directories": folder, "wal_level": "replica",
            "max_connections": "50", "timezone": "UTC",
        ]
        all.merge(settings) { $1 }
        self.settings = all
        port = try FreePort.find()
        process = Mutex(nil)
        if let primary {
            try run(
                "pg_basebackup", "-D", data, "-h", "127.0.0.1", "-p", "\(primary.port)", "-U", Self.user, "-R", "-X",
                "stream", "-c", "fast", "--no-sync")
        } else {
            try run(
                "initdb", "-D", data, "-A", "trust", "-U", Self.user, "-E", "UTF8", "--locale=C.UTF-8", "--no-sync",
                "--no-instructions")
            try demandPasswords(of: passwords.keys.sorted())
        }
        let started = try start()
        process.withLock { $0 = started }
        guard primary == nil else { return }
        for (role, password) in passwords.sorted(by: { $0.key < $1.key }) {
            try psql("create role \(role) login password '\(password)'")
        }
    }

    deinit { stop() }

    package var pid: pid_t? { process.withLock { $0?.pid } }
    package var isRunning: Bool { process.withLock { $0?.isRunning ?? false } }

    package func url(database: String = "postgres", user: String = PostgresServer.user) -> String {
        "postgresql://\(user)@127.0.0.1:\(port)/\(database)"
    }

    package func createDatabase(_ name: String) throws(ServerFailure) {
        try run("createdb", "-h", "127.0.0.1", "-p", "\(port)", "-U", Self.user, name)
    }

    /// Runs a script and stops at its first error.
    package func psql(_ script: String, database: String = "postgres") throws(ServerFailure) {
        try run(
            "psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-h", "127.0.0.1", "-p", "\(port)", "-U", Self.user, "-d",
            database, "-c", script)
    }

    /// Ends it politely: connections are cut, what is committed stays.
    package func stop() { end { $0.terminate(within: 10_000, signal: SIGINT) } }

    /// Ends it as a crash would: its backends notice by themselves that the first process is gone.
    package func kill() { end { $0.kill() } }

    /// Starts it again on the same port and data; ends it first where it still runs.
    package func restart() throws(ServerFailure) {
        stop()
        let started = try start()
        process.withLock { $0 = started }
    }

    /// Makes a replica a primary, on a new timeline.
    package func promote() throws(ServerFailure) { try run("pg_ctl", "promote", "-D", data, "-w", "-t", "60") }

    /// Stops all of its processes in their tracks, as a stalled machine would.
    package func suspend() { signalAll(SIGSTOP) }

    package func resume() { signalAll(SIGCONT) }

    private func end(_ how: (ServerProcess) -> Void) {
        resume()
        process.withLock { process in
            if let process { how(process) }
            process = nil
        }
    }

    /// The first process and its children, which are in process groups of their own. Found anew each time, by the
    /// parent's id, so nothing that isn't ours is signalled.
    private func signalAll(_ signal: Int32) {
        process.withLock { process in
            guard let process, process.isRunning else { return }
            process.send(signal)
            for pid in TemporaryFolder.list("/proc").compactMap({ pid_t($0) }) {
                guard let stat = ProcessMark.text(of: "/proc/\(pid)/stat"), let end = stat.lastIndex(of: ")") else {
                    continue
                }
                let fields = stat[stat.index(after: end)...].split(separator: " ")
                if fields.count > 1, pid_t(fields[1]) == process.pid { Glibc.kill(pid, signal) }
            }
        }
    }

    private func demandPasswords(of roles: [String]) throws(ServerFailure) {
        guard !roles.isEmpty else { return }
        let path = "\(data)/pg_hba.conf"
        let rules = roles.map { "host all \($0) 127.0.0.1/32 scram-sha-256\n" }.joined()
        let trusted = ProcessMark.text(of: path) ?? ""
        guard let file = fopen(path, "w") else { throw ServerFailure("write \(path)", errno: errno) }
        defer { fclose(file) }
        fputs(rules + trusted, file)
    }

    private func start() throws(ServerFailure) -> ServerProcess {
        var arguments = ["-D", data, "-p", "\(port)"]
        for (name, value) in settings.sorted(by: { $0.key < $1.key }) { arguments += ["-c", "\(name)=\(value)"] }
        let end = Monotonic.milliseconds() + 60_000
        while true {
            let process = try ServerProcess(
                executable: "\(programs)/postgres", arguments: arguments, workingFolder: folder, user: Self.user,
                log: "\(folder)/postgres.log", pidFile: "\(folder)/postgres.pid")
            while process.isRunning && Monotonic.milliseconds() < end {
                if isReady(process) { return process }
                usleep(10_000)
            }
            // After a crash its last backends hold the shared memory for a moment.
            guard process.lastWords.contains("pre-existing shared memory"), Monotonic.milliseconds() < end else {
                process.kill()
                throw ServerFailure("postgres on port \(port) did not start: \(process.lastWords)")
            }
            usleep(100_000)
        }
    }

    /// The first process writes its id and its state into this file; that of a killed server says "ready" for ever.
    private func isReady(_ process: ServerProcess) -> Bool {
        let lines = (ProcessMark.text(of: "\(data)/postmaster.pid") ?? "").split(
            separator: "\n", omittingEmptySubsequences: false)
        guard lines.count > 7, pid_t(lines[0]) == process.pid else { return false }
        return lines[7].hasPrefix("ready")
    }

    /// Runs one of PostgreSQL's programs to its end.
    private func run(_ program: String, _ arguments: String...) throws(ServerFailure) {
        let process = try ServerProcess(
            executable: "\(programs)/\(program)", arguments: arguments, workingFolder: folder, user: Self.user,
            log: "\(folder)/programs.log", pidFile: "\(folder)/\(program).pid")
        let end = Monotonic.milliseconds() + 120_000
        while process.isRunning && Monotonic.milliseconds() < end { usleep(5_000) }
        guard process.exitStatus == 0 else {
            process.kill()
            throw ServerFailure("\(program) failed: \(process.lastWords)")
        }
        unlink("\(folder)/\(program).pid")
    }

    private static func give(_ folder: String) throws(ServerFailure) {
        guard geteuid() == 0 else { return }
        guard let entry = getpwnam(user) else { throw ServerFailure("there is no user \(user)") }
        guard chown(folder, entry.pointee.pw_uid, entry.pointee.pw_gid) == 0 else {
            throw ServerFailure("give \(folder) to \(user)", errno: errno)
        }
    }
}
