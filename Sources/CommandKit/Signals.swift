import Foundation
import Glibc
import Synchronization

/// SIGTERM, SIGINT and SIGHUP: the first one asks to end in good order, the second one ends at once with code 130.
///
/// A handler and a pipe, not signalfd: that one wants the signals blocked, and every child process (`freshet dev`
/// starts servers) would inherit the mask and never hear its own SIGTERM.
package enum Signals {
    private static let pipeEnd = Atomic<Int32>(-1)
    private static let count = Atomic<Int32>(0)

    package static func install(_ stop: Stop) {
        // libraries write to sockets that may be gone (hiredis), and so may our own output be
        signal(SIGPIPE, SIG_IGN)
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { return }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        pipeEnd.store(ends[1], ordering: .sequentiallyConsistent)
        count.store(0, ordering: .sequentiallyConsistent)

        var action = sigaction()
        // Only async-signal-safe calls here, and atomics that the lines above have already brought to life.
        action.__sigaction_handler.sa_handler = { _ in
            let before = Signals.count.add(1, ordering: .relaxed).oldValue
            if before > 0 { _exit(ExitCode.interrupted.rawValue) }
            let saved = errno
            var byte: UInt8 = 0
            _ = write(Signals.pipeEnd.load(ordering: .relaxed), &byte, 1)
            errno = saved
        }
        action.sa_flags = SA_RESTART
        for number in [SIGTERM, SIGINT, SIGHUP] where !isIgnored(number) { sigaction(number, &action, nil) }

        let reader = ends[0]
        Thread.detachNewThread {
            var byte: UInt8 = 0
            while true {
                let got = read(reader, &byte, 1)
                if got == 1 { stop.request() }
                if got == 0 || (got < 0 && errno != EINTR) { return }
            }
        }
    }

    /// Who started us (nohup, a shell's background job) may have wanted a signal to be ignored.
    private static func isIgnored(_ number: Int32) -> Bool {
        var current = sigaction()
        guard sigaction(number, nil, &current) == 0 else { return false }
        let handler = unsafeBitCast(current.__sigaction_handler.sa_handler, to: Int.self)
        return handler == unsafeBitCast(SIG_IGN, to: Int.self)
    }
}
