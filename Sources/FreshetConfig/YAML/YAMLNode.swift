/// A YAML document as a tree that remembers where each node stands, so that every error can name file and line.
package struct YAMLNode: Sendable {
    package enum Content: Sendable {
        /// A scalar's text as written; `plain` is false where it was quoted (a quoted "12" is no number).
        case scalar(String, plain: Bool)
        case sequence([YAMLNode])
        /// In the order of the file; a key that stands twice is an error of the reader.
        case mapping([(key: String, keyLine: Int, value: YAMLNode)])
        case null
    }

    package var content: Content
    /// Counted from 1.
    package var line: Int
    package var column: Int

    package init(content: Content, line: Int, column: Int) {
        self.content = content
        self.line = line
        self.column = column
    }
}
