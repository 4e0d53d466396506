/// Ends a command with a message for people and a code for scripts.
package struct CommandFailure: Error, Sendable, CustomStringConvertible {
    package var exit: ExitCode
    /// What is wrong and what to do about it.
    package var message: String

    package init(_ exit: ExitCode, _ message: String) {
        self.exit = exit
        self.message = message
    }

    package var description: String { message }
}
