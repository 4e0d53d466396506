import CommandKit
import FreshetConfig
import FreshetCore
import KafkaLink
import RedisLink
import Wiring

/// Removes what a deployment has in Redis.
struct Purge {
    struct Outcome {
        var prefix: String
        var owner: String?
        var keys: Int
        var isExecuted: Bool
        var isCut = false

        var text: String {
            let record = owner.map { "and the control record of `\($0)`" } ?? "and no control record"
            if isCut { return "Stopped after \(keys) keys: the same command goes on." }
            return isExecuted
                ? "Removed \(keys) keys under `\(prefix)` \(record)."
                : "Would remove \(keys) keys under `\(prefix)` \(record). Nothing was changed; add --execute --yes."
        }

        var json: JSON {
            .object([
                ("executed", .bool(isExecuted)), ("prefix", .string(prefix)), ("owner", .string(owner)),
                ("keys", .int(keys)), ("stopped-early", .bool(isCut)),
            ])
        }
    }

    /// Keys that one step of SCAN looks at.
    private static let scanCount = 1_000

    private let deployment: Deployment
    private let invocation: Invocation
    private let space: KeySpace
    private let record: [UInt8]

    init(_ deployment: Deployment, _ invocation: Invocation) throws(CommandFailure) {
        self.deployment = deployment
        self.invocation = invocation
        let namespace = deployment.graph.graph.namespace
        space = KeySpace(namespace)
        record = Array(ControlField.recordKey(namespace).utf8)
        if namespace.prefix.isEmpty {
            throw CommandFailure(.usage, "This deployment has no prefix: its keys can't be told from others.")
        }
    }

    func perform() async throws -> Outcome {
        let cache = deployment.cache()
        let found = try await cache.look([]).record
        try DeploymentOwner.check(found?.owner, deployment)
        try await NestedDeployments.refuse(under: space, cache)
        try checkMembers()
        var outcome = Outcome(
            prefix: space.start, owner: found?.owner, keys: 0, isExecuted: invocation.execute)
        if outcome.isExecuted { _ = try cache.command([Array("UNLINK".utf8), record]) }
        let size = try cache.command("DBSIZE").int ?? 0
        var progress = Progress("purge", total: size, unit: "keys", on: invocation.console.err)
        defer { progress.finish() }
        let pace = Pace(perSecond: Int(invocation.integer("rate") ?? 20_000))
        var cursor: UInt64 = 0
        var looked: Int64 = 0
        repeat {
            let page = try cache.scanAll(pattern: space.pattern, cursor: cursor, count: Self.scanCount)
            let keys = page.keys.filter { $0 != record }
            if outcome.isExecuted, keys.count < page.keys.count { throw Self.resurrected }
            if outcome.isExecuted, !keys.isEmpty {
                _ = try cache.command([Array("UNLINK".utf8)] + keys)
                await pace.took(keys.count)
            }
            outcome.keys += keys.count
            looked = min(size, looked + Int64(Self.scanCount))
            progress.advance(to: looked)
            cursor = page.cursor
            outcome.isCut = invocation.stop.isRequested
        } while cursor != 0 && !outcome.isCut
        if outcome.isExecuted, try await cache.look([]).record != nil { throw Self.resurrected }
        return outcome
    }

    private func checkMembers() throws {
        if invocation.flag("without-kafka") { return }
        let group = deployment.settings.kafka.group
        let members: Int
        do throws(Fault) {
            members = try KafkaAdmin(deployment.settings.kafkaSettings).describe(group: group).members.count
        } catch {
            throw CommandFailure(
                ExitCode.of(error),
                "The brokers can't say whether group `\(group)` has members: \(error.message)\n  Where no worker runs, "
                    + "--without-kafka goes on.")
        }
        if members > 0 {
            throw CommandFailure(.usage, "Group `\(group)` has \(members) members: stop the workers first.")
        }
    }

    private static let resurrected = CommandFailure(
        .fatal, "A worker has started meanwhile and made a new control record: stop it, and purge again.")
}
