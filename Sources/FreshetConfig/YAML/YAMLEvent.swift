/// What libyaml's parser says next, copied out of its memory.
enum YAMLEvent {
    enum Kind {
        case documentStart
        case scalar(String, plain: Bool)
        case sequenceStart
        case sequenceEnd
        case mappingStart
        case mappingEnd
        case alias(String)
        case streamEnd
    }

    case token(Kind, Mark)
    /// The text can't be read any further.
    case broken(YAMLFault)

    /// Where an event stands, and what was hung on it.
    struct Mark {
        /// Counted from 1.
        var line: Int
        var column: Int
        var anchor: String?
        var tag: String?
    }
}

/// Why libyaml gave up.
struct YAMLFault {
    var line: Int
    var column: Int
    /// libyaml's own words: `did not find expected key`.
    var problem: String
    /// What it was reading then, and since which line: `while parsing a block mapping`.
    var context: (words: String, line: Int)?
}
