import Foundation
import Glibc

/// What processes have used so far, as the kernel counts it.
enum ProcessTimes {
    /// CPU seconds of a process and of its children, those included that have ended and been waited for. PostgreSQL has
    /// a process per connection.
    static func family(_ pid: pid_t) -> Double {
        let parents = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        let children = parents.compactMap { pid_t($0) }.filter { fields($0).map { pid_t($0[1]) } == pid }
        return children.reduce(ticks(pid, withEnded: true)) { $0 + ticks($1, withEnded: false) } / perSecond
    }

    static func single(_ pid: pid_t) -> Double { ticks(pid, withEnded: false) / perSecond }

    /// MiB that a process had in memory at its worst.
    static func peakMemory(_ pid: pid_t) -> Double {
        let text = (try? String(contentsOfFile: "/proc/\(pid)/status", encoding: .utf8)) ?? ""
        let line = text.split(separator: "\n").first { $0.hasPrefix("VmHWM:") } ?? ""
        return (line.split(whereSeparator: { $0 == " " || $0 == "\t" }).dropFirst().first.flatMap { Double($0) } ?? 0)
            / 1024
    }

    private static let perSecond = Double(max(1, sysconf(Int32(_SC_CLK_TCK))))

    private static func ticks(_ pid: pid_t, withEnded: Bool) -> Double {
        guard let fields = fields(pid), fields.count > 14 else { return 0 }
        let own = (Double(fields[11]) ?? 0) + (Double(fields[12]) ?? 0)
        return withEnded ? own + (Double(fields[13]) ?? 0) + (Double(fields[14]) ?? 0) : own
    }

    /// Behind the name, which may hold anything: the state comes first, then the parent's id.
    private static func fields(_ pid: pid_t) -> [Substring]? {
        guard let text = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8),
            let end = text.lastIndex(of: ")")
        else { return nil }
        return text[text.index(after: end)...].split(separator: " ")
    }
}
