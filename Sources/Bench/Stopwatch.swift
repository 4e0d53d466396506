import CommandKit
import Glibc

/// The time and the CPU that something takes.
struct Stopwatch {
    private let servers: BenchServers
    private let began = MachineClock.now()
    private let own = Self.ownSeconds()
    private let before: ServerTimes

    init(_ servers: BenchServers) {
        self.servers = servers
        before = servers.times
    }

    var seconds: Double { Double(MachineClock.now() - began) / 1e9 }

    /// So many units since it was started.
    func lap(_ units: Int) -> Lap {
        let seconds = seconds
        return Lap(
            units: units, seconds: seconds, worker: Self.ownSeconds() - own, servers: servers.times - before)
    }

    private static func ownSeconds() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}
