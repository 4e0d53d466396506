/// Ends a command with a message for people and a code for scripts.
struct CommandFailure: Error, Sendable, CustomStringConvertible {
    var exit: ExitCode
    /// What is wrong and what to do about it.
    var message: String

    init(_ exit: ExitCode, _ message: String) {
        self.exit = exit
        self.message = message
    }

    var description: String { message }
}
