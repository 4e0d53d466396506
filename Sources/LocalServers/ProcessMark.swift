import Glibc

/// A process id with the time its process started (field 22 of `/proc/PID/stat`, in ticks since boot): a reused id is
/// another process, and is never signalled for the one that had the id before.
struct ProcessMark: Equatable {
    var pid: pid_t
    var started: UInt64

    init(pid: pid_t, started: UInt64) {
        self.pid = pid
        self.started = started
    }

    init?(pid: pid_t) {
        // The second field is the program's name in parentheses and may hold anything, so count from its end.
        guard let stat = Self.text(of: "/proc/\(pid)/stat"), let end = stat.lastIndex(of: ")") else { return nil }
        let fields = stat[stat.index(after: end)...].split(separator: " ")
        // A zombie has ended; only its parent hasn't asked yet.
        guard fields.count > 19, fields[0] != "Z", let started = UInt64(fields[19]) else { return nil }
        self.init(pid: pid, started: started)
    }

    static var ofThisProcess: ProcessMark { ProcessMark(pid: getpid()) ?? ProcessMark(pid: getpid(), started: 0) }

    var isAlive: Bool { ProcessMark(pid: pid) == self }

    static func read(_ path: String) -> ProcessMark? {
        guard let text = text(of: path) else { return nil }
        let words = text.split { $0 == " " || $0 == "\n" }
        guard words.count == 2, let pid = pid_t(words[0]), pid > 1, let started = UInt64(words[1]) else { return nil }
        return ProcessMark(pid: pid, started: started)
    }

    func write(to path: String) {
        guard let file = fopen(path, "w") else { return }
        fputs("\(pid) \(started)\n", file)
        fclose(file)
    }

    static func text(of path: String) -> String? {
        guard let file = fopen(path, "r") else { return nil }
        defer { fclose(file) }
        var bytes = [UInt8](repeating: 0, count: 65_536)
        let count = fread(&bytes, 1, bytes.count, file)
        return String(decoding: bytes[..<count], as: UTF8.self)
    }
}
