import Glibc

/// A descriptor that is readable as long as nobody silences it.
package final class Bell {
    package let reader: Int32
    private let writer: Int32

    package init() {
        var ends: [Int32] = [-1, -1]
        precondition(pipe(&ends) == 0, "no pipe: \(errno)")
        (reader, writer) = (ends[0], ends[1])
    }

    deinit {
        close(reader)
        close(writer)
    }

    package func ring() {
        var byte: UInt8 = 1
        precondition(write(writer, &byte, 1) == 1, "the pipe is full")
    }

    package func silence() {
        var bytes = [UInt8](repeating: 0, count: 64)
        _ = read(reader, &bytes, bytes.count)
    }

    /// Whether a descriptor is readable within so many milliseconds.
    package static func isRung(_ descriptor: Int32, within milliseconds: Int32) -> Bool {
        var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        return poll(&entry, 1, milliseconds) > 0
    }
}
