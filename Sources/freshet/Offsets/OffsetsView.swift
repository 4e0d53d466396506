import CommandKit
import FreshetCore
import KafkaLink
import Telemetry

/// `freshet offsets describe`, for people and for programs.
struct OffsetsView {
    let sight: OffsetsSight

    var text: String {
        var parts = [head]
        parts.append(partitions.render())
        let last = decisions
        if !last.rows.isEmpty { parts.append("Last decisions\n" + last.render()) }
        if let description = sight.description, !description.members.isEmpty { parts.append(members(description)) }
        parts += sight.remarks.map { "Note: \($0)." }
        return parts.joined(separator: "\n\n")
    }

    private var head: String {
        guard let description = sight.description else { return "Group \(sight.group)" }
        let coordinator = description.coordinator.map { ", coordinator \($0.host):\($0.port)" } ?? ""
        return "Group \(sight.group): \(description.state), \(description.members.count) members\(coordinator)"
    }

    private var partitions: Table {
        var table = Table([
            .init("topic"), .init("partition", .right), .init("low", .right), .init("high", .right),
            .init("committed", .right), .init("stored", .right), .init("checkpoint", .right), .init("lag", .right),
            .init("seconds", .right), .init("class"), .init("at the next start"), .init("member"),
        ])
        for place in sight.places {
            let facts = place.facts
            let stored = facts.checkpoint.flatMap { $0.committed >= 0 ? $0.committed : nil }
            table.add([
                place.partition.topic, "\(place.partition.number)", "\(facts.low)", "\(facts.high)",
                Self.text(facts.committed), Self.text(stored), Self.text(facts.checkpoint?.offset), "\(place.lag)",
                place.lagSeconds(now: sight.time).map { Self.seconds($0) } ?? "?", place.decision.found.rawValue,
                Self.plan(place), sight.member(of: place.partition).map { $0.clientID } ?? "-",
            ])
        }
        return table
    }

    static func seconds(_ seconds: Double) -> String {
        seconds < 100 ? "\((seconds * 10).rounded() / 10)" : "\(Int64(seconds))"
    }

    private static func text(_ offset: Int64?) -> String { offset.map { "\($0)" } ?? "-" }

    /// `rebuild: from 120, skips 40, invalidates`
    private static func plan(_ place: OffsetsSight.Place) -> String {
        let decision = place.decision
        var words = decision.isOrdered ? "ordered" : decision.strategy.rawValue
        switch decision.start {
        case .offset(let offset): words += ": from \(offset)"
        case .notedEnd: words += ": from the end, \(place.facts.high)"
        case .timestamp(let time): words += ": from \(TimeText.utc(time))"
        case .halt: return "halt: the worker stops"
        }
        if let start = place.start {
            let skipped = decision.skipped(place.facts, start: start)
            if skipped > 0 { words += ", skips \(skipped)" }
        }
        if decision.invalidates { words += ", invalidates" }
        if let estimate = decision.estimate {
            words += " (backlog: \(estimate.records) records, \(seconds(estimate.backlogSeconds)) s; rebuild: "
            words += "\(estimate.rows) rows, \(seconds(estimate.rebuildSeconds)) s)"
        }
        return words
    }

    private var decisions: Table {
        var table = Table([
            .init("topic"), .init("partition", .right), .init("when"), .init("found"), .init("strategy"),
            .init("start", .right), .init("skipped", .right), .init("skipped in all", .right), .init("by"),
        ])
        for place in sight.places {
            guard let last = place.last else { continue }
            table.add([
                place.partition.topic, "\(place.partition.number)", TimeText.utc(last.time), last.found.rawValue,
                last.strategy.rawValue, "\(last.start)", "\(last.skipped)", "\(last.skippedInAll)",
                last.isOrdered ? "order" : "worker",
            ])
        }
        return table
    }

    private func members(_ description: KafkaGroupDescription) -> String {
        var table = Table([.init("member"), .init("client"), .init("host"), .init("partitions")])
        for member in description.members {
            table.add([
                member.id, member.clientID, member.host, member.partitions.map(\.description).joined(separator: " "),
            ])
        }
        return table.render()
    }

    var json: JSON {
        .object([
            ("group", .string(sight.group)),
            ("state", .string(sight.description?.state)),
            ("members", members),
            ("partitions", .array(sight.places.map(json))),
            ("notes", .array(sight.remarks.map { .string($0) })),
        ])
    }

    private var members: JSON {
        guard let description = sight.description else { return .null }
        return .array(
            description.members.map { member in
                .object([
                    ("id", .string(member.id)), ("client", .string(member.clientID)), ("host", .string(member.host)),
                    ("partitions", .array(member.partitions.map { .string($0.description) })),
                ])
            })
    }

    private func json(_ place: OffsetsSight.Place) -> JSON {
        let (facts, decision) = (place.facts, place.decision)
        return .object([
            ("topic", .string(place.partition.topic)), ("partition", .int(Int(place.partition.number))),
            ("low", .int(facts.low)), ("high", .int(facts.high)), ("committed", .int(facts.committed)),
            ("stored", .int(facts.checkpoint.flatMap { $0.committed >= 0 ? $0.committed : nil })),
            ("checkpoint", .int(facts.checkpoint?.offset)), ("lag", .int(place.lag)),
            ("lag-seconds", place.lagSeconds(now: sight.time).map { .double($0) } ?? .null),
            ("class", .string(decision.found.rawValue)),
            (
                "next",
                .object([
                    ("strategy", .string(decision.strategy.rawValue)), ("start", .int(place.start)),
                    ("invalidates", .bool(decision.invalidates)),
                    ("skipped", .int(place.start.map { decision.skipped(facts, start: $0) })),
                    ("ordered", .bool(decision.isOrdered)),
                    ("estimate", decision.estimate.map(json) ?? .null),
                ])
            ),
            ("last-decision", place.last.map(json) ?? .null),
            ("member", .string(sight.member(of: place.partition)?.id)),
        ])
    }

    private func json(_ estimate: BacklogEstimate) -> JSON {
        .object([
            ("backlog-records", .int(estimate.records)), ("backlog-seconds", .double(estimate.backlogSeconds)),
            ("read-model-rows", .int(estimate.rows)), ("rebuild-seconds", .double(estimate.rebuildSeconds)),
        ])
    }

    private func json(_ note: DecisionNote) -> JSON {
        .object([
            ("time", .string(TimeText.utc(note.time))), ("found", .string(note.found.rawValue)),
            ("strategy", .string(note.strategy.rawValue)), ("start", .int(note.start)),
            ("skipped", .int(note.skipped)), ("skipped-in-all", .int(note.skippedInAll)),
            ("ordered", .bool(note.isOrdered)),
        ])
    }
}
