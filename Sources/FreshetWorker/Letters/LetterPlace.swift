/// Where in its dead-letter topic a letter stands.
package struct LetterPlace: Hashable, Sendable, Comparable {
    package var partition: Int32
    package var offset: Int64

    package init(partition: Int32, offset: Int64) {
        self.partition = partition
        self.offset = offset
    }

    package static func < (a: LetterPlace, b: LetterPlace) -> Bool {
        a.partition == b.partition ? a.offset < b.offset : a.partition < b.partition
    }
}
