import CommandKit
import Foundation
import FreshetCore
import LocalServers
import RedisLink

/// A Redis with a replica. Workers and readers come through `door`; the replica follows through `wire`.
final class ChaosRedis {
    private let folder: TemporaryFolder
    private let namespace: Graph.Namespace
    private let group: String
    private var number = 0
    private(set) var primary: RedisServer
    private(set) var replica: RedisServer
    private var wire: TCPProxy
    let door: TCPProxy
    /// Our own way in, past the door.
    private(set) var direct: RedisCacheStore

    init(_ folder: TemporaryFolder, namespace: Graph.Namespace, group: String) throws {
        self.folder = folder
        self.namespace = namespace
        self.group = group
        let primary = try RedisServer(folder: folder.folder("redis-0"))
        self.primary = primary
        door = try TCPProxy(target: primary.port)
        wire = try TCPProxy(target: primary.port)
        replica = try RedisServer(folder: folder.folder("redis-r0"), replicaOf: wire.port)
        direct = Self.store(primary.port, namespace, group)
    }

    func stop() {
        door.stop()
        wire.stop()
        replica.kill()
        primary.kill()
    }

    /// As a reader has it: through the door.
    var clientSettings: RedisSettings { RedisSettings(port: door.port, commandTimeout: 2_000, clientName: "reader") }

    static func store(
        _ settings: RedisSettings, _ namespace: Graph.Namespace, _ group: String
    ) -> RedisCacheStore {
        RedisCacheStore(settings: settings, namespace: namespace, group: group, pendingLimit: 1_000)
    }

    private static func store(_ port: Int, _ namespace: Graph.Namespace, _ group: String) -> RedisCacheStore {
        store(RedisSettings(port: port, commandTimeout: 30_000, clientName: "chaos"), namespace, group)
    }

    // MARK: Restarts

    private var snapshot: String { "\(primary.folder)/dump.rdb" }
    private var kept: String { "\(folder.path)/old.rdb" }

    func restartEmpty() throws {
        primary.kill()
        unlink(snapshot)
        try startAgain()
    }

    /// A server of the same place; one that was a replica must not become one again.
    private func startAgain() throws {
        primary = try RedisServer(folder: primary.folder, port: primary.port)
    }

    /// Writes the snapshot that `restartFromSnapshot` brings back; sometimes an old one is taken instead.
    func save(old: Bool) throws {
        _ = try direct.command("SAVE")
        let files = FileManager.default
        if old, files.fileExists(atPath: kept) {
            unlink(snapshot)
            try files.copyItem(atPath: kept, toPath: snapshot)
        } else {
            unlink(kept)
            try files.copyItem(atPath: snapshot, toPath: kept)
        }
    }

    func restartFromSnapshot() throws {
        primary.kill()
        try startAgain()
        unlink(snapshot)
    }

    // MARK: Failover

    /// From here on the replica hears nothing any more.
    func cutReplicaOff() throws {
        let end = ContinuousClock.now + .seconds(10)
        // One that has nothing yet would be an empty Redis, which is another fault.
        while ContinuousClock.now < end, !isInStep { usleep(20_000) }
        wire.set(.refusing)
        wire.cut()
    }

    /// Asked without the product's client, which wants a primary.
    private var isInStep: Bool {
        let text = Loopback.ask(port: replica.port, "INFO replication\r\n", within: 1_000) ?? ""
        return text.contains("master_link_status:up") && text.contains("master_sync_in_progress:0")
    }

    /// The replica becomes the primary; connections that stand still lead to the old one.
    func promote() throws -> RedisServer {
        let old = primary
        let answer = Loopback.ask(port: replica.port, "REPLICAOF NO ONE\r\n", within: 30_000) ?? "nothing"
        guard answer.hasPrefix("+OK") else {
            throw CommandFailure(.fatal, "Redis' replica can't be promoted: it answered \(answer)")
        }
        primary = replica
        door.point(to: primary.port)
        direct = Self.store(primary.port, namespace, group)
        return old
    }

    /// The old primary dies with its connections, and a new replica follows the new one.
    func replace(_ old: RedisServer) throws {
        old.kill()
        door.cut()
        wire.stop()
        wire = try TCPProxy(target: primary.port)
        number += 1
        replica = try RedisServer(folder: folder.folder("redis-r\(number)"), replicaOf: wire.port)
    }
}
