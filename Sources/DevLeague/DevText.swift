/// Numbers and words in columns.
enum DevText {
    static func padded(_ text: String, _ width: Int) -> String {
        text.count > width
            ? String(text.prefix(width - 1)) + "…" : text + String(repeating: " ", count: width - text.count)
    }

    static func right(_ text: String, _ width: Int) -> String {
        String(repeating: " ", count: max(0, width - text.count)) + text
    }

    static func right(_ number: Int, _ width: Int) -> String { right(String(number), width) }

    /// `850 µs`, `3.2 ms`, `1.4 s` from microseconds.
    static func time(_ microseconds: Int64) -> String {
        if microseconds < 1_000 { return "\(microseconds) µs" }
        if microseconds < 1_000_000 { return tenth(microseconds / 100) + " ms" }
        return tenth(microseconds / 100_000) + " s"
    }

    /// `02:07` from milliseconds.
    static func clock(_ milliseconds: Int64) -> String {
        let seconds = milliseconds / 1000
        return two(seconds / 60) + ":" + two(seconds % 60)
    }

    private static func tenth(_ tenths: Int64) -> String { "\(tenths / 10).\(tenths % 10)" }

    private static func two(_ number: Int64) -> String { number < 10 ? "0\(number)" : String(number) }
}
