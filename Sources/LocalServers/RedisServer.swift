import Glibc
import Synchronization

/// A Redis of its own on a loopback port, in a folder that holds its log, pid file and (where it has any) data.
package final class RedisServer: Sendable {
    package let port: Int
    package let folder: String
    private let executable: String
    private let arguments: [String]
    private let process: Mutex<ServerProcess?>

    /// Starts it and returns once it answers PING. Without `options` that say otherwise it keeps nothing on disk.
    /// `replicaOf` is the port of another one on this machine.
    package init(
        folder: String, port: Int? = nil, options: [String: String] = [:], replicaOf: Int? = nil,
        executable: String = "redis-server"
    ) throws(ServerFailure) {
        self.folder = folder
        self.executable = executable
        var all = ["save": "", "appendonly": "no", "bind": "127.0.0.1", "protected-mode": "no", "daemonize": "no"]
        // A replica on this machine needn't wait for others to join its copy.
        all["repl-diskless-sync-delay"] = "0"
        if let replicaOf { all["replicaof"] = "127.0.0.1 \(replicaOf)" }
        all["dir"] = folder
        all.merge(options) { $1 }
        arguments = all.sorted { $0.key < $1.key }.flatMap { name, value in
            // Options of several words (replicaof, save) are separate arguments.
            ["--\(name)"] + (value.isEmpty ? [""] : value.split(separator: " ").map(String.init))
        }
        var attempt = 0
        while true {
            attempt += 1
            let candidate: Int
            if let port { candidate = port } else { candidate = try FreePort.find() }
            do {
                let started = try Self.start(executable, arguments, port: candidate, folder: folder)
                self.port = candidate
                self.process = Mutex(started)
                return
            } catch {
                // Somebody else may have taken the free port in between.
                if port != nil || attempt == 3 { throw error }
            }
        }
    }

    package var pid: pid_t? { process.withLock { $0?.pid } }

    package var isRunning: Bool { process.withLock { $0?.isRunning ?? false } }

    /// Ends it politely (it saves where it was told to).
    package func stop() {
        process.withLock { process in
            process?.terminate(within: 5_000)
            process = nil
        }
    }

    /// Ends it as a crash would.
    package func kill() {
        process.withLock { process in
            process?.kill()
            process = nil
        }
    }

    /// Starts it again on the same port and in the same folder; ends it first where it still runs.
    package func restart() throws(ServerFailure) {
        stop()
        let started = try Self.start(executable, arguments, port: port, folder: folder)
        process.withLock { $0 = started }
    }

    package func suspend() { process.withLock { $0?.suspend() } }

    package func resume() { process.withLock { $0?.resume() } }

    private static func start(
        _ executable: String, _ arguments: [String], port: Int, folder: String
    ) throws(ServerFailure) -> ServerProcess {
        let process = try ServerProcess(
            executable: executable, arguments: ["--port", "\(port)"] + arguments, workingFolder: folder,
            log: "\(folder)/redis.log", pidFile: "\(folder)/redis.pid")
        let end = Monotonic.milliseconds() + 20_000
        while Monotonic.milliseconds() < end {
            guard process.isRunning else { throw ServerFailure("redis-server ended at once: \(process.lastWords)") }
            let answer = Loopback.ask(port: port, "PING\r\n", within: 500) ?? ""
            // One that wants a password answers as well.
            if answer.hasPrefix("+PONG") || answer.hasPrefix("-NOAUTH") { return process }
            usleep(10_000)
        }
        process.kill()
        throw ServerFailure("redis-server on port \(port) did not answer within 20 s: \(process.lastWords)")
    }
}
