import Foundation
import FreshetCore
import LocalServers
import PostgresLink
import Synchronization

/// A PostgreSQL with a streaming replica. Workers come through `door`; writers and readers ask `address`, because
/// somebody who writes knows which server is the primary.
final class ChaosPostgres {
    /// Which server is the primary now; a change of the number tells a client to connect anew.
    final class Address: Sendable {
        private let state: Mutex<(port: Int, generation: Int)>

        init(_ port: Int) { state = Mutex((port, 0)) }

        var now: (port: Int, generation: Int) { state.withLock { $0 } }
        func move(to port: Int) { state.withLock { $0 = (port, $0.generation + 1) } }

        static func settings(_ port: Int, name: String = "chaos") -> PostgresSettings {
            var settings = PostgresSettings(url: "postgresql://\(PostgresServer.user)@127.0.0.1:\(port)/postgres")
            settings.applicationName = name
            return settings
        }
    }

    private let folder: TemporaryFolder
    private var number = 0
    private(set) var primary: PostgresServer
    private(set) var replica: PostgresServer
    private var wire: TCPProxy
    let door: TCPProxy
    let address: Address

    init(_ folder: TemporaryFolder) throws {
        self.folder = folder
        primary = try PostgresServer(
            folder: folder.folder("postgres-0", owner: PostgresServer.user), settings: Self.settings)
        door = try TCPProxy(target: primary.port)
        wire = try TCPProxy(target: primary.port)
        address = Address(primary.port)
        replica = try Self.follow(primary, wire, folder.folder("postgres-r0", owner: PostgresServer.user))
    }

    /// A crash must lose nothing that was acknowledged (a failover may), so commits wait for their log.
    private static let settings = [
        "synchronous_commit": "local", "wal_keep_size": "64MB", "max_connections": "60", "max_wal_senders": "6",
        "wal_receiver_status_interval": "1s", "wal_retrieve_retry_interval": "200ms",
        // Nobody has this name: a session that wants to wait for its standby waits until it is cancelled.
        "synchronous_standby_names": "nobody",
    ]

    private static func follow(
        _ primary: PostgresServer, _ wire: TCPProxy, _ folder: String
    ) throws -> PostgresServer {
        var all = settings
        all["primary_conninfo"] = "host=127.0.0.1 port=\(wire.port) user=\(PostgresServer.user)"
        return try PostgresServer(folder: folder, settings: all, replicaOf: primary)
    }

    /// How workers find it.
    var url: String { "postgresql://\(PostgresServer.user)@127.0.0.1:\(door.port)/postgres" }

    /// A connection of our own to the primary.
    func connection() -> PostgresConnection {
        var settings = Address.settings(primary.port)
        // A machine that is busy with other things shall not end the run.
        settings.connectTimeout = 60_000
        settings.statementTimeout = 60_000
        settings.roundTripTimeout = 60_000
        return PostgresConnection(settings, access: .readWrite)
    }

    func stop() {
        door.stop()
        wire.stop()
        replica.kill()
        primary.kill()
    }

    /// As a crash: no shutdown checkpoint.
    func crash() { primary.kill() }

    func start() throws { try primary.restart() }

    /// Waits until the replica has what there is, then it hears nothing any more.
    func cutReplicaOff() throws {
        let connection = connection()
        let position = try connection.query("select pg_current_wal_flush_lsn()::text").first?.first ?? nil
        let end = ContinuousClock.now + .seconds(20)
        while ContinuousClock.now < end {
            let rows = try connection.query(
                "select 1 from pg_stat_replication where replay_lsn >= $1::text::pg_lsn", [position])
            if !rows.isEmpty { break }
            usleep(20_000)
        }
        wire.set(.refusing)
        wire.cut()
    }

    /// The replica becomes the primary of a new timeline; connections that stand still lead to the old one, which
    /// answers as before.
    func promote() throws -> PostgresServer {
        let old = primary
        try replica.promote()
        primary = replica
        address.move(to: primary.port)
        door.point(to: primary.port)
        return old
    }

    /// The old primary dies with its connections, and a new replica is made of the new one.
    func replace(_ old: PostgresServer) throws {
        old.kill()
        door.cut()
        wire.stop()
    }

    /// Takes a second or two: after the workers have recovered.
    func attachReplica() throws {
        wire = try TCPProxy(target: primary.port)
        number += 1
        replica = try Self.follow(
            primary, wire, folder.folder("postgres-r\(number)", owner: PostgresServer.user))
    }
}
