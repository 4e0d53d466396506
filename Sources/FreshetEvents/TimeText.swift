/// RFC 3339 and ISO 8601 timestamps → milliseconds since 1970.
enum TimeText {
    /// `2026-11-20T12:00:00.123Z`: date, `T` or a space, time, any number of decimals (cut, not rounded), `Z`,
    /// `+02:00`, `+0200` or `+02`; without a zone it is UTC. nil for everything else.
    static func milliseconds(_ text: UnsafeRawBufferPointer) -> Int64? {
        guard text.count >= 19, text.count <= 40, text[4] == UInt8(ascii: "-"), text[7] == UInt8(ascii: "-"),
            text[10] | 0x20 == UInt8(ascii: "t") || text[10] == 0x20, text[13] == UInt8(ascii: ":"),
            text[16] == UInt8(ascii: ":"), let century = two(text, 0), let rest = two(text, 2),
            let month = two(text, 5), let day = two(text, 8), let hour = two(text, 11), let minute = two(text, 14),
            let second = two(text, 17), 1...12 ~= month, 1...31 ~= day, hour < 24, minute < 60, second <= 60
        else { return nil }
        var index = 19
        var milliseconds: Int64 = 0
        if index < text.count, text[index] == UInt8(ascii: ".") || text[index] == UInt8(ascii: ",") {
            index += 1
            var scale: Int64 = 100
            let first = index
            while index < text.count, text[index] &- UInt8(ascii: "0") <= 9 {
                milliseconds += scale * Int64(text[index] &- UInt8(ascii: "0"))
                scale /= 10
                index += 1
            }
            if index == first { return nil }
        }
        guard let offset = zone(text, index) else { return nil }
        let seconds = days(century * 100 + rest, month, day) * 86400 + hour * 3600 + minute * 60 + second - offset
        return seconds * 1000 + milliseconds
    }

    /// Seconds east of Greenwich.
    private static func zone(_ text: UnsafeRawBufferPointer, _ start: Int) -> Int64? {
        guard start < text.count else { return 0 }
        let sign: Int64
        switch text[start] {
        case UInt8(ascii: "Z"), UInt8(ascii: "z"): return start + 1 == text.count ? 0 : nil
        case UInt8(ascii: "+"): sign = 1
        case UInt8(ascii: "-"): sign = -1
        default: return nil
        }
        let count = text.count - start
        guard count >= 3, let hours = two(text, start + 1), hours < 24 else { return nil }
        if count == 3 { return sign * hours * 3600 }
        let colon = text[start + 3] == UInt8(ascii: ":") ? 1 : 0
        guard count == 5 + colon, let minutes = two(text, start + 3 + colon), minutes < 60 else { return nil }
        return sign * (hours * 3600 + minutes * 60)
    }

    @inline(__always) private static func two(_ text: UnsafeRawBufferPointer, _ index: Int) -> Int64? {
        let tens = text[index] &- UInt8(ascii: "0")
        let ones = text[index + 1] &- UInt8(ascii: "0")
        return tens <= 9 && ones <= 9 ? Int64(tens) * 10 + Int64(ones) : nil
    }

    /// Days since 1970 of a date of the Gregorian calendar, years 0 to 9999 (Hinnant's `days_from_civil`).
    private static func days(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
        // From 1 March on, so that the leap day is the year's last; 400 years more, so that nothing is negative.
        let shifted = (month <= 2 ? year - 1 : year) + 400
        let era = shifted / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return (era - 1) * 146_097 + dayOfEra - 719_468
    }
}
