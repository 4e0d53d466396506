import CommandKit
import DevLeague
import Telemetry

/// An event as `schemas/league.yaml` maps it; without a version where the writer doesn't know it.
struct ChaosEvent {
    let key: [UInt8]
    let value: [UInt8]

    init(_ change: LeagueChange, _ version: Int64?) {
        let kind = change.eventType.prefix { $0 != "." }
        key = Array("\(kind):\(change.entity)".utf8)
        var members: [(String, JSON)] = [
            ("type", .string(change.eventType)), ("entity", .int(change.entity)), ("season", .int(LeagueSeason.id)),
        ]
        if let version { members.append(("version", .int(version))) }
        members.append(("occurredAt", .string(TimeText.utc(MachineClock.wall()))))
        value = Array(JSON.object(members).render().utf8)
    }
}
