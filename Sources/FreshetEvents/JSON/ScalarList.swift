/// The elements of a JSON array that was read before: scalars as they stand, inner containers as one element each.
struct ScalarList {
    private var cursor: JSONCursor
    private let guesses: StringGuesses

    /// With its brackets.
    init(_ array: UnsafeRawBufferPointer, guesses: StringGuesses) {
        self.guesses = guesses
        let start = array.baseAddress?.assumingMemoryBound(to: UInt8.self)
        // An array has two brackets at least; an empty cursor stands for "no elements" where it hasn't.
        let empty = UnsafePointer<UInt8>(bitPattern: 8)
        if let start, array.count >= 2 {
            cursor = JSONCursor(start + 1, start + array.count - 1, guesses: guesses)
        } else {
            cursor = JSONCursor(empty.unsafelyUnwrapped, empty.unsafelyUnwrapped, guesses: guesses)
        }
    }

    mutating func next() -> Captured? {
        cursor.skipSpace()
        if !cursor.isAtEnd, cursor.byte == UInt8(ascii: ",") {
            cursor.advance()
            cursor.skipSpace()
        }
        if cursor.isAtEnd { return nil }
        let start = cursor.at
        switch cursor.byte {
        case UInt8(ascii: "\""):
            cursor.advance()
            let (length, isEscaped, _) = cursor.string()
            return Captured(
                start: start + 1, count: Int32(truncatingIfNeeded: length), form: isEscaped ? .escapedText : .text)
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"):
            let (form, _) = cursor.number()
            return Captured(start: start, count: Int32(truncatingIfNeeded: cursor.at - start), form: form)
        case UInt8(ascii: "n"):
            return cursor.word("null") ? Captured(start: start, count: 4, form: .null) : nil
        default:
            // A container, true or false: no id. The caller refuses it and does not ask for more.
            return Captured(start: start, count: 1, form: .object)
        }
    }
}
