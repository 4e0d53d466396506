import CommandKit
import DevLeague
import Telemetry

/// An event as the run's graph maps it; without a version where the writer doesn't know it.
struct ChaosEvent: Sendable {
    let key: [UInt8]
    let value: [UInt8]

    /// One that nobody can apply.
    init(poison: Int, number: Int64) {
        key = Array("match:\(number)".utf8)
        let text =
            switch poison {
            case 0: #"{"type":"match.updated","entity":\#(number)"#
            case 1: #"{"type":"match.updated","entity":"nobody","season":1,"version":1}"#
            default: #"{"type":"match.updated","season":1,"version":1}"#
            }
        value = Array(text.utf8)
    }

    /// A captured event names its transaction instead.
    init(_ change: LeagueChange, version: Int64? = nil, transaction: Int64? = nil) {
        let kind = change.eventType.prefix { $0 != "." }
        key = Array("\(kind):\(change.entity)".utf8)
        var members: [(String, JSON)] = [
            ("type", .string(change.eventType)), ("entity", .int(change.entity)), ("season", .int(LeagueSeason.id)),
        ]
        if let version { members.append(("version", .int(version))) }
        if let transaction { members.append(("transaction", .int(transaction))) }
        members.append(("occurredAt", .string(TimeText.utc(MachineClock.wall()))))
        value = Array(JSON.object(members).render().utf8)
    }
}
