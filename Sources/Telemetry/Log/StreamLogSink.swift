import Glibc
import Synchronization

/// Writes lines to a file descriptor: text on a terminal, JSON elsewhere.
///
/// Whoever reads them may be slow, and a lane must not wait for that: a line waits at most 20 ms for room, the ones
/// after it not at all until there is room again; what is dropped is counted and said. Lines are at most 4096 bytes:
/// with so much room POSIX writes to a pipe in one piece and without blocking.
package final class StreamLogSink: LogSink {
    package enum Form: Sendable {
        case plain(colour: Bool)
        case json
    }

    static let lineLimit = 4096
    static let patienceMilliseconds: Int32 = 20

    private struct State {
        var rate = LogRate()
        var dropped = 0
    }

    private let descriptor: Int32
    private let form: Form
    private let state = Mutex(State())

    package init(descriptor: Int32, form: Form) {
        self.descriptor = descriptor
        self.form = form
    }

    /// Text where a person reads, JSON where a program does. `colour` only ever applies to a terminal.
    package convenience init(descriptor: Int32, colour: Bool) {
        self.init(descriptor: descriptor, form: isatty(descriptor) == 1 ? .plain(colour: colour) : .json)
    }

    package func write(_ line: LogLine) {
        state.withLock { state in
            guard let heldBack = state.rate.admit(line) else { return }
            var line = line
            if heldBack > 0 { line.fields = line.fields + ["held-back": .int(heldBack)] }
            guard hasRoom(within: state.dropped > 0 ? 0 : Self.patienceMilliseconds) else {
                state.dropped += 1
                return
            }
            if state.dropped > 0 {
                let count = LogLine(
                    time: line.time, level: .warning, message: .linesDropped, fields: ["count": .int(state.dropped)],
                    traceparent: nil)
                state.dropped = 0
                put(count)
                guard hasRoom(within: 0) else {
                    state.dropped = 1
                    return
                }
            }
            put(line)
        }
    }

    private func hasRoom(within milliseconds: Int32) -> Bool {
        var request = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        while true {
            let result = poll(&request, 1, milliseconds)
            if result < 0, errno == EINTR { continue }
            return result > 0
        }
    }

    private func put(_ line: LogLine) {
        var bytes = Array(rendered(line).utf8)
        if bytes.count > Self.lineLimit - 1 {
            bytes = Array(rendered(Self.shortened(line)).utf8.prefix(Self.lineLimit - 1))
        }
        bytes.append(UInt8(ascii: "\n"))
        bytes.withUnsafeBytes { buffer in
            var done = 0
            while done < buffer.count {
                let count = Glibc.write(descriptor, buffer.baseAddress! + done, buffer.count - done)
                if count > 0 {
                    done += count
                } else if count < 0, errno != EINTR {
                    // Nobody reads any more, or the disk is full: there is nowhere to say so.
                    return
                }
            }
        }
    }

    private func rendered(_ line: LogLine) -> String {
        switch form {
        case .plain(let colour): line.plain(colour: colour)
        case .json: line.json()
        }
    }

    /// Long strings are cut, so that a line that is too long is still an object.
    private static func shortened(_ line: LogLine) -> LogLine {
        var line = line
        line.fields.fields = line.fields.fields.prefix(16).map { field in
            var field = field
            field.name = String(field.name.prefix(40))
            if case .string(let text) = field.value { field.value = .string(cut(text)) }
            if case .strings(let texts) = field.value { field.value = .string(cut(texts.joined(separator: ","))) }
            return field
        }
        line.traceparent = line.traceparent.map { String($0.unicodeScalars.prefix(64)) }
        return line
    }

    /// At most 32 scalars of at most six bytes each (escaped), for at most sixteen fields: always within the limit.
    private static func cut(_ text: String) -> String {
        text.unicodeScalars.count <= 32 ? text : String(String.UnicodeScalarView(text.unicodeScalars.prefix(31))) + "…"
    }
}
