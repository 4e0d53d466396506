import Glibc
import Synchronization

/// A file descriptor, or memory in the tests. A reader that went away (`freshet … | head`) is no error: the rest is
/// dropped, and whoever asked is told once.
package final class OutputStream: Sendable {
    private struct State {
        var collected: [UInt8] = []
        var isBroken = false
        var onBreak: (@Sendable () -> Void)?
    }

    private let descriptor: Int32?
    package let isTerminal: Bool
    private let state = Mutex(State())

    package init(descriptor: Int32) {
        self.descriptor = descriptor
        isTerminal = isatty(descriptor) == 1
    }

    /// Collects what is written.
    package init(collectingAsTerminal isTerminal: Bool = false) {
        descriptor = nil
        self.isTerminal = isTerminal
    }

    package var collected: String { state.withLock { String(decoding: $0.collected, as: UTF8.self) } }

    /// Columns of the terminal; 100 elsewhere.
    package var width: Int {
        var size = winsize()
        guard let descriptor, isTerminal, ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else {
            return 100
        }
        return Int(size.ws_col)
    }

    /// Calls back when a write finds that nobody reads any more.
    package func whenBroken(_ callback: @escaping @Sendable () -> Void) {
        let already = state.withLock { state in
            state.onBreak = callback
            return state.isBroken
        }
        if already { callback() }
    }

    package func write(_ text: String) {
        let callback = state.withLock { state -> (@Sendable () -> Void)? in
            guard !state.isBroken else { return nil }
            guard let descriptor else {
                state.collected.append(contentsOf: text.utf8)
                return nil
            }
            if Self.writeAll(Array(text.utf8), to: descriptor) { return nil }
            state.isBroken = true
            return state.onBreak
        }
        callback?()
    }

    private static func writeAll(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
        bytes.withUnsafeBytes { buffer in
            var done = 0
            while done < buffer.count {
                let count = Glibc.write(descriptor, buffer.baseAddress! + done, buffer.count - done)
                if count >= 0 {
                    done += count
                } else if errno == EAGAIN {
                    var request = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                    _ = poll(&request, 1, 1000)
                } else if errno != EINTR {
                    return false
                }
            }
            return true
        }
    }
}
