import Telemetry

/// Days as people say them.
package enum LeagueCalendar {
    private static let weekdays = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    /// `Fri 11 Aug 2023 20:00`
    package static func text(minute: Int64) -> String {
        // 2023-08-11T20:00:00.000Z
        let iso = Array(TimeText.utc(minute * 60_000))
        guard iso.count >= 16, let month = Int(String(iso[5...6])), let day = Int(String(iso[8...9])) else { return "" }
        let weekday = weekdays[Int((minute / 1440) % 7)]
        return "\(weekday) \(day) \(months[month - 1]) \(String(iso[0...3])) \(String(iso[11...15]))"
    }
}
