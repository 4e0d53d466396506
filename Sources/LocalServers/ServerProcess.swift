import Glibc
import Synchronization

/// A server that this process started, known by its process id. Its end is waited for, so no zombie is left.
package final class ServerProcess: Sendable {
    package let pid: pid_t
    package let log: String
    private let pidFile: String
    /// The exit status as `waitpid` gave it; nil while it runs. Everything that signals holds this lock, so that an id
    /// which was waited for (and may belong to another process by now) is never signalled.
    private let status = Mutex<Int32?>(nil)

    /// Starts `executable` (looked up in PATH) with its output appended to `log`, in a process group of its own: an
    /// interrupt from the terminal reaches only us, and we end our servers in order.
    ///
    /// With a `user`, and run by root, it runs as that user; `setpriv` and `env` exec, so the id is the server's. A
    /// server that a crashed run left behind under the same `pidFile` is ended first.
    package init(
        executable: String, arguments: [String], environment: [String: String] = [:], workingFolder: String? = nil,
        user: String? = nil, log: String, pidFile: String
    ) throws(ServerFailure) {
        Self.endLeftover(pidFile: pidFile)
        var command = [executable] + arguments
        if let workingFolder { command = ["env", "--chdir=\(workingFolder)"] + command }
        if let user, geteuid() == 0 {
            guard let entry = getpwnam(user) else { throw ServerFailure("there is no user \(user)") }
            let (uid, gid) = (entry.pointee.pw_uid, entry.pointee.pw_gid)
            command = ["setpriv", "--reuid=\(uid)", "--regid=\(gid)", "--init-groups", "--"] + command
        }
        self.log = log
        self.pidFile = pidFile
        pid = try Self.spawn(command, environment: environment, log: log)
        ProcessMark(pid: pid)?.write(to: pidFile)
    }

    deinit { terminate(within: 5_000) }

    package var isRunning: Bool { status.withLock { reap(&$0, blocking: false) } }

    /// As `waitpid` gave it; nil while it runs.
    package var exitStatus: Int32? { isRunning ? nil : status.withLock { $0 } }

    /// What the server said last, for messages.
    package var lastWords: String {
        let text = ProcessMark.text(of: log) ?? ""
        return text.split(separator: "\n").suffix(5).joined(separator: " | ")
    }

    /// Asks it to end with `signal` and ends it by force when `milliseconds` pass first.
    package func terminate(within milliseconds: Int, signal: Int32 = SIGTERM) {
        send(SIGCONT)
        send(signal)
        let end = Monotonic.milliseconds() + milliseconds
        while isRunning && Monotonic.milliseconds() < end { usleep(5_000) }
        kill()
    }

    /// Ends it as a crash would.
    package func kill() {
        status.withLock { status in
            guard reap(&status, blocking: false) else { return }
            Glibc.kill(pid, SIGKILL)
            _ = reap(&status, blocking: true)
        }
        unlink(pidFile)
    }

    /// Stops it in its tracks, as a stalled machine would: it neither answers nor closes its connections.
    package func suspend() { send(SIGSTOP) }

    package func resume() { send(SIGCONT) }

    package func send(_ signal: Int32) {
        status.withLock { status in
            if reap(&status, blocking: false) { Glibc.kill(pid, signal) }
        }
    }

    /// Whether it still runs.
    private func reap(_ status: inout Int32?, blocking: Bool) -> Bool {
        if status != nil { return false }
        var result: Int32 = 0
        while true {
            let answer = waitpid(pid, &result, blocking ? 0 : WNOHANG)
            if answer == 0 { return true }
            if answer == pid { break }
            // Anything but an interruption means that it is no child of ours any more.
            if errno != EINTR { break }
        }
        status = result
        return false
    }

    /// Ends the server of a crashed run, if that very process still lives, and forgets it.
    package static func endLeftover(pidFile: String) {
        guard let mark = ProcessMark.read(pidFile) else { return }
        for signal in [SIGCONT, SIGTERM, SIGKILL] where mark.isAlive {
            Glibc.kill(mark.pid, signal)
            let end = Monotonic.milliseconds() + (signal == SIGCONT ? 0 : 3_000)
            while mark.isAlive && Monotonic.milliseconds() < end { usleep(5_000) }
        }
        unlink(pidFile)
    }
}
