import CommandKit
import FreshetCore
import FreshetWorker
import KafkaLink
import Wiring

/// A reset, from its plan to the orders' end.
struct OffsetsReset {
    private let invocation: Invocation
    private let deployment: Deployment
    private let sight: OffsetsSight
    let moves: [OffsetsMove]
    private let isCancel: Bool

    init(_ invocation: Invocation, _ deployment: Deployment) async throws {
        self.invocation = invocation
        self.deployment = deployment
        isCancel = invocation.flag("cancel")
        if isCancel, let target = OffsetsTarget.options.first(where: { invocation.text($0.name) != nil }) {
            throw CommandFailure(.usage, "--cancel takes orders back, and --\(target.name) gives one: say one of them.")
        }
        let admin = try KafkaAdmin(deployment.settings.kafkaSettings)
        let group = deployment.settings.kafka.group
        let target =
            isCancel
            ? nil : try OffsetsTarget.read(invocation, group: group, now: MachineSurroundings().wallClock())
        let partitions = try Self.partitions(invocation, deployment, admin, target)
        let look = OffsetsLook(
            deployment: deployment, admin: admin, cache: deployment.cache(), readsRecords: false)
        sight = try await look.sight(of: partitions)
        moves = try sight.places.compactMap { place in
            guard let target else { return place.order.map { OffsetsMove(place, to: $0.offset) } }
            return try target.offset(place, admin).map { OffsetsMove(place, to: $0) }
        }
    }

    /// A file names its partitions itself; where topics are named beside it, it may not name others.
    private static func partitions(
        _ invocation: Invocation, _ deployment: Deployment, _ admin: KafkaAdmin, _ target: OffsetsTarget?
    ) throws -> [Partition] {
        guard case .file(let offsets) = target else {
            return try OffsetsScope.partitions(invocation, deployment, admin)
        }
        let scope = try OffsetsScope.partitions(invocation, deployment, admin, fallback: deployment.consumedTopics)
        if let other = offsets.keys.sorted().first(where: { !scope.contains($0) }) {
            let why =
                invocation.texts("topic").isEmpty
                ? "the workers of this deployment don't read it" : "--topic doesn't mean it"
            throw CommandFailure(.usage, "The file names \(other), and \(why).")
        }
        return scope.filter { offsets[$0] != nil }
    }

    var hasMembers: Bool { sight.description.map { !$0.members.isEmpty } ?? true }
    private var skipped: Int64 { isCancel ? 0 : moves.reduce(0) { $0 + $1.skipped } }

    /// Kinds whose keys are invalidated.
    private var kinds: [String] {
        let graph = deployment.graph.graph
        let names = Set(moves.filter { $0.decision.invalidates }.map(\.place.partition.topic))
        let topics = graph.topics.filter { topic in
            names.contains(topic.name) || names.contains(deployment.retryTopic(of: topic.name))
        }
        return graph.downstream(of: topics.flatMap { graph.kinds(namedBy: $0) }).map { graph[$0].name }.sorted()
    }

    func check() throws(CommandFailure) {
        guard sight.control != nil else {
            throw CommandFailure(
                .usage,
                "There is no control record: no worker has used this Redis since it lost its memory, so there is "
                    + "nobody to tell. `offsets.missing` in the configuration says where the first one begins.")
        }
        try DeploymentOwner.check(sight.owner, deployment)
        guard invocation.execute, !invocation.yes else { return }
        if skipped > 0 {
            throw CommandFailure(
                .usage,
                "This SKIPS \(skipped) records that were not applied, and invalidates every key of "
                    + "\(kinds.joined(separator: ", ")) because of them: add --yes if that is meant.")
        }
        if invocation.texts("topic").isEmpty, invocation.text("from-file") == nil {
            throw CommandFailure(.usage, "All topics are meant: name them with --topic, or add --yes.")
        }
    }

    /// Gives the orders and waits; where each partition stands then, with the order that is still open.
    func perform() async throws -> [Partition: OffsetsSight.Place] {
        guard let control = sight.control else { return [:] }
        let group = sight.group
        let cache = deployment.cache()
        var revision = Revision(process: control.process, incarnation: control.incarnation)
        let id = String(UInt64.random(in: 0 ... .max), radix: 36)
        for move in moves {
            let name = MoveOrder.name(group, move.place.partition)
            if isCancel {
                revision.notes[name] = Revision.Note("", expected: move.place.order?.text)
            } else {
                revision.notes[name] = Revision.Note(MoveOrder(offset: move.offset, id: id).text)
            }
        }
        guard try await cache.revise(revision) == .done else {
            throw Fault(.redis, .connectionLost, "Redis changed while the orders were given: give them again")
        }
        if hasMembers && !isCancel { try await wait(cache, group, control.incarnation) }
        let look = OffsetsLook(
            deployment: deployment, admin: try KafkaAdmin(deployment.settings.kafkaSettings), cache: cache,
            readsRecords: false, asksMembers: false)
        let after = try await look.sight(of: moves.map(\.place.partition))
        return Dictionary(after.places.map { ($0.partition, $0) }, uniquingKeysWith: { first, _ in first })
    }

    private func wait(_ cache: any CacheStore, _ group: String, _ incarnation: String) async throws {
        let names = moves.map { MoveOrder.name(group, $0.place.partition) }
        let surroundings = MachineSurroundings()
        let bound = UInt64(invocation.duration("wait") ?? 60_000) * 1_000_000
        let deadline = surroundings.now() + bound
        var progress = Progress("offsets", total: Int64(names.count), unit: "partitions", on: invocation.console.err)
        defer { progress.finish() }
        while true {
            let open = try await cache.notes(names).count
            progress.advance(to: Int64(names.count - open))
            if open == 0 || surroundings.now() > deadline || invocation.stop.isRequested { break }
            _ = await invocation.stop.sleep(milliseconds: 200)
        }
        // Orders that went away with Redis' memory were not performed.
        guard try await cache.look([]).record?.incarnation == incarnation else {
            throw Fault(.redis, .connectionLost, "Redis lost its memory meanwhile, and the orders with it")
        }
    }

    func text(_ done: [Partition: OffsetsSight.Place]?) -> String {
        var table = Table([
            .init("topic"), .init("partition", .right), .init("committed", .right), .init("checkpoint", .right),
            .init("new offset", .right), .init("effect"), .init("now"),
        ])
        for move in moves {
            let place = move.place
            let now = done?[place.partition]
            table.add([
                place.partition.topic, "\(place.partition.number)", place.facts.committed.map { "\($0)" } ?? "-",
                place.facts.checkpoint.map { "\($0.offset)" } ?? "-", "\(move.offset)",
                isCancel ? "order taken back" : move.effect,
                now.map { $0.order == nil ? "done, committed \($0.facts.committed ?? -1)" : "ordered" } ?? "",
            ])
        }
        var lines = [table.render(), ""]
        let left = sight.places.count - moves.count
        if left > 0 { lines.append("\(left) partitions have nothing to go by, and stay where they are.") }
        if skipped > 0 {
            lines.append(
                "SKIPS \(skipped) records. What they announced is invalidated first: every key of "
                    + "\(kinds.joined(separator: ", ")).")
        }
        if done == nil {
            lines.append("Nothing was changed; add --execute.")
        } else if !isCancel, done?.values.contains(where: { $0.order != nil }) == true {
            lines.append(
                hasMembers
                    ? "Not all is done yet: the orders stay until a worker performs them, or --cancel."
                    : "No worker runs: the first that starts performs it. --cancel takes it back.")
        }
        return lines.joined(separator: "\n")
    }

    func json(_ done: [Partition: OffsetsSight.Place]?) -> JSON {
        .object([
            ("executed", .bool(done != nil)), ("skipped", .int(skipped)),
            ("invalidated-kinds", .array(isCancel ? [] : kinds.map { .string($0) })),
            (
                "partitions",
                .array(
                    moves.map { move in
                        let place = move.place
                        let now = done?[place.partition]
                        return .object([
                            ("topic", .string(place.partition.topic)), ("partition", .int(Int(place.partition.number))),
                            ("committed", .int(place.facts.committed)),
                            ("checkpoint", .int(place.facts.checkpoint?.offset)), ("new-offset", .int(move.offset)),
                            ("skipped", .int(move.skipped)), ("repeated", .int(move.repeated)),
                            ("done", now.map { .bool($0.order == nil) } ?? .null),
                        ])
                    })
            ),
        ])
    }
}
