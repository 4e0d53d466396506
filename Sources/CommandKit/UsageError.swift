/// A command line that can't be understood.
package struct UsageError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What is wrong, with the nearest name where one is near.
    package var message: String
    /// The command whose help says more: `freshet graph`.
    package var command: String

    package init(message: String, command: String) {
        self.message = message
        self.command = command
    }

    package var description: String { "\(message)\nSee `\(command) --help`." }
}
