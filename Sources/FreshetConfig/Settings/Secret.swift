/// A password. It never prints: not by interpolation, `debugPrint`, `dump` or a mirror; and it can't be encoded.
package struct Secret: Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// What stands in its place wherever something is shown.
    package static let mask = "***"

    private let text: String

    package init(_ text: String) { self.text = text }

    /// For the library that sends it to a server, and for nothing else.
    package func reveal() -> String { text }

    package var description: String { Self.mask }
    package var debugDescription: String { Self.mask }
    package var customMirror: Mirror { Mirror(self, children: EmptyCollection<Mirror.Child>()) }
}
