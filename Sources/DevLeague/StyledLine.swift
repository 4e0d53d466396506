/// A line of the live view: its width is known, so that it can be cut and padded before colours are added.
struct StyledLine: Sendable, Hashable {
    enum Style: String, Sendable {
        case plain = ""
        case dim = "2"
        case bold = "1"
        case title = "1;36"
        case good = "32"
        case notice = "33"
        case bad = "1;31"
        case key = "36"
    }

    struct Span: Sendable, Hashable {
        var text: String
        var style: Style
    }

    private(set) var spans: [Span] = []

    init() {}

    init(_ text: String, _ style: Style = .plain) { add(text, style) }

    /// Characters; the view uses none that are wider than one column.
    var width: Int { spans.reduce(0) { $0 + $1.text.count } }

    mutating func add(_ text: String, _ style: Style = .plain) {
        if !text.isEmpty { spans.append(Span(text: text, style: style)) }
    }

    func adding(_ text: String, _ style: Style = .plain) -> StyledLine {
        var line = self
        line.add(text, style)
        return line
    }

    static func + (a: StyledLine, b: StyledLine) -> StyledLine {
        var line = a
        line.spans += b.spans
        return line
    }

    /// At most `width` wide; what is cut ends in `…`.
    func cut(to width: Int) -> StyledLine {
        guard self.width > width else { return self }
        guard width > 0 else { return StyledLine() }
        var line = StyledLine()
        var room = width - 1
        for span in spans where room > 0 {
            line.add(String(span.text.prefix(room)), span.style)
            room -= min(room, span.text.count)
        }
        return line.adding("…", .dim)
    }

    /// Exactly `width` wide.
    func fitted(to width: Int) -> StyledLine {
        let line = cut(to: width)
        return line.adding(String(repeating: " ", count: max(0, width - line.width)))
    }

    func render(colour: Bool) -> String {
        spans.map { span in
            colour && span.style != .plain ? "\u{1B}[\(span.style.rawValue)m\(span.text)\u{1B}[0m" : span.text
        }.joined()
    }
}
