/// A command line that can't be understood.
struct UsageError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What is wrong, with the nearest name where one is near.
    var message: String
    /// The command whose help says more: `freshet graph`.
    var command: String

    var description: String { "\(message)\nSee `\(command) --help`." }
}
