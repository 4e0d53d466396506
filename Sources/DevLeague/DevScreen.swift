import CommandKit
import Glibc

/// Draws the picture in place on a terminal: over its last one, line by line, so that nothing flickers.
struct DevScreen {
    private let console: Console
    private var drawn = 0

    init(_ console: Console) {
        self.console = console
        // Without a cursor, and without wrapping: a window that was just made narrower must not shift the picture.
        console.out.write("\u{1B}[?25l\u{1B}[?7l")
    }

    mutating func draw(_ state: DevState) {
        let lines = DevPicture(state: state, width: console.out.width, height: Self.height).lines()
        var text = drawn > 1 ? "\u{1B}[\(drawn - 1)A\r" : "\r"
        text += lines.map { $0.render(colour: console.usesColour) + "\u{1B}[K" }.joined(separator: "\r\n")
        console.out.write(text + "\u{1B}[J")
        drawn = lines.count
    }

    /// Leaves the last picture standing and the terminal as it was.
    func end() { console.out.write("\u{1B}[?25h\u{1B}[?7h\n") }

    private static var height: Int {
        var size = winsize()
        guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_row > 0 else { return 24 }
        return Int(size.ws_row)
    }
}
