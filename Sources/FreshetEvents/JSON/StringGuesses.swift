/// How long the strings of the last record were, in their order: see `JSONCursor.guessedString()`.
final class StringGuesses {
    /// Strings beyond it share the last guess.
    private static let count = 256
    let first: UnsafeMutablePointer<Int32>
    var last: UnsafeMutablePointer<Int32> { first + (Self.count - 1) }

    init() {
        first = .allocate(capacity: Self.count)
        first.initialize(repeating: 0, count: Self.count)
    }

    deinit { first.deallocate() }
}
