import Glibc

/// Where a command's words go: results to the output, everything else to the error output.
package struct Console: Sendable {
    package let out: OutputStream
    package let err: OutputStream
    /// NO_COLOR and TERM=dumb are respected.
    package let usesColour: Bool

    package init(out: OutputStream, err: OutputStream, environment: [String: String] = [:]) {
        self.out = out
        self.err = err
        usesColour = out.isTerminal && environment["NO_COLOR", default: ""].isEmpty && environment["TERM"] != "dumb"
    }

    package static func standard(environment: [String: String]) -> Console {
        Console(
            out: OutputStream(descriptor: STDOUT_FILENO), err: OutputStream(descriptor: STDERR_FILENO),
            environment: environment)
    }

    /// A line of the result.
    package func print(_ line: String) { out.write(line + "\n") }

    /// A line that is not the result: progress, advice, errors.
    package func say(_ line: String) { err.write(line + "\n") }
}
