/// Quantities as people write them: always with a unit, never with a guess.
package enum Units {
    /// What a message suggests for each quantity.
    package static let durationForm = "write a whole number with a unit: 30d, 24h, 15m, 10s or 250ms"
    package static let sizeForm = "write a whole number with a unit: 512B, 64KiB, 16MiB or 1GiB"
    package static let percentForm = "write a percentage between 0% and 100%: 5% or 2.5%"

    private static let durations: [(String, Int64)] = [
        ("ms", 1), ("s", 1000), ("m", 60_000), ("h", 3_600_000), ("d", 86_400_000),
    ]

    private static let sizes: [(String, Int64)] = [
        ("B", 1), ("KiB", 1 << 10), ("MiB", 1 << 20), ("GiB", 1 << 30),
    ]

    /// Milliseconds; nil for anything but a whole number that isn't negative with one of d, h, m, s, ms behind it.
    package static func duration(_ text: String) -> Int64? { quantity(text, durations) }

    /// Bytes.
    package static func size(_ text: String) -> Int? { quantity(text, sizes).map(Int.init) }

    /// Thousandths: `5%` is 50, `2.5%` is 25. At most one digit after the point.
    package static func percent(_ text: String) -> Int? {
        guard text.hasSuffix("%") else { return nil }
        let parts = text.dropLast().split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        guard let whole = digits(parts[0]) else { return nil }
        var thousandths = whole
        if parts.count == 2 {
            guard parts[1].utf8.count == 1, let tenths = digits(parts[1]) else { return nil }
            thousandths = whole * 10 + tenths
        } else {
            thousandths = whole * 10
        }
        return thousandths <= 1000 ? Int(thousandths) : nil
    }

    /// The shortest exact form: 86400000 → `1d`, 90000 → `90s`.
    package static func write(duration milliseconds: Int64) -> String { write(milliseconds, durations, zero: "0s") }

    package static func write(size bytes: Int) -> String { write(Int64(bytes), sizes, zero: "0B") }

    package static func write(percent thousandths: Int) -> String {
        thousandths % 10 == 0 ? "\(thousandths / 10)%" : "\(thousandths / 10).\(thousandths % 10)%"
    }

    private static func quantity(_ text: String, _ units: [(String, Int64)]) -> Int64? {
        let number = text.prefix { $0.isASCII && $0.isNumber }
        let unit = text.dropFirst(number.count)
        guard let value = digits(number), let scale = units.first(where: { $0.0 == unit })?.1 else { return nil }
        let (product, overflow) = value.multipliedReportingOverflow(by: scale)
        return overflow ? nil : product
    }

    /// At most fifteen digits: no sum in here can overflow.
    private static func digits(_ text: Substring) -> Int64? {
        guard !text.isEmpty, text.utf8.count <= 15, text.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }) else {
            return nil
        }
        return Int64(text)
    }

    private static func write(_ value: Int64, _ units: [(String, Int64)], zero: String) -> String {
        if value == 0 { return zero }
        for (name, scale) in units.reversed() where value % scale == 0 { return "\(value / scale)\(name)" }
        return "\(value)\(units[0].0)"
    }
}
