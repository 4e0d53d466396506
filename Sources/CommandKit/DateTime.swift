/// Points in time as people write them (ISO 8601), in milliseconds since 1970.
package enum DateTime {
    package static let form = "write a date or a time: 2024-05-19, 2024-05-19T15:00:00Z or 2024-05-19T17:00:00+02:00"

    /// A date alone is its first instant in UTC; a time without a zone is in UTC.
    package static func milliseconds(_ text: String) -> Int64? {
        var rest = Substring(text)
        guard let year = number(&rest, digits: 4), take(&rest, "-"), let month = number(&rest, digits: 2),
            take(&rest, "-"), let day = number(&rest, digits: 2), 1...12 ~= month,
            1...daysOf(month: month, year: year) ~= day
        else { return nil }
        let date = days(year: year, month: month, day: day) * 86_400_000
        if rest.isEmpty { return date }
        guard take(&rest, "T") || take(&rest, "t") || take(&rest, " "), let time = time(&rest), let zone = zone(&rest),
            rest.isEmpty
        else { return nil }
        return date + time - zone
    }

    private static func time(_ rest: inout Substring) -> Int64? {
        guard let hour = number(&rest, digits: 2), take(&rest, ":"), let minute = number(&rest, digits: 2),
            0...23 ~= hour, 0...59 ~= minute
        else { return nil }
        var result = (hour * 60 + minute) * 60_000
        guard take(&rest, ":") else { return result }
        guard let second = number(&rest, digits: 2), 0...59 ~= second else { return nil }
        result += second * 1000
        guard take(&rest, ".") else { return result }
        let fraction = rest.prefix { $0.isASCII && $0.isNumber }
        guard !fraction.isEmpty, fraction.count <= 9 else { return nil }
        rest = rest.dropFirst(fraction.count)
        return result + (Int64(fraction.prefix(3) + String(repeating: "0", count: max(0, 3 - fraction.count))) ?? 0)
    }

    private static func zone(_ rest: inout Substring) -> Int64? {
        if rest.isEmpty || take(&rest, "Z") || take(&rest, "z") { return 0 }
        let sign: Int64
        if take(&rest, "+") {
            sign = 1
        } else if take(&rest, "-") {
            sign = -1
        } else {
            return nil
        }
        guard let hour = number(&rest, digits: 2), 0...14 ~= hour else { return nil }
        _ = take(&rest, ":")
        if rest.isEmpty { return sign * hour * 3_600_000 }
        guard let minute = number(&rest, digits: 2), 0...59 ~= minute else { return nil }
        return sign * (hour * 60 + minute) * 60_000
    }

    private static func number(_ rest: inout Substring, digits: Int) -> Int64? {
        let text = rest.prefix(digits)
        guard text.count == digits, text.allSatisfy({ $0.isASCII && $0.isNumber }) else { return nil }
        rest = rest.dropFirst(digits)
        return Int64(text)
    }

    private static func take(_ rest: inout Substring, _ character: Character) -> Bool {
        guard rest.first == character else { return false }
        rest = rest.dropFirst()
        return true
    }

    private static func daysOf(month: Int64, year: Int64) -> Int64 {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    /// Days since 1970-01-01 in the proleptic Gregorian calendar, years counted from March (Howard Hinnant's way).
    private static func days(year: Int64, month: Int64, day: Int64) -> Int64 {
        let marchYear = month <= 2 ? year - 1 : year
        let era = marchYear.floorDivided(by: 400)
        let yearOfEra = marchYear - era * 400
        let dayOfYear = (153 * ((month + 9) % 12) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }
}

extension Int64 {
    fileprivate func floorDivided(by divisor: Int64) -> Int64 {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? quotient - 1 : quotient
    }
}
