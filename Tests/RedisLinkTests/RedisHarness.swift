import FreshetCore
import LocalServers
import RedisLink
import Testing

/// A real Redis of its own, and stores on it.
final class RedisHarness {
    let folder: TemporaryFolder
    let server: RedisServer
    let store: RedisCacheStore
    static let history = History(system: 7_301, timeline: 3)

    init(
        options: [String: String] = [:], pendingLimit: Int = 8, graph: String = "",
        touchBounds: TouchBounds = TouchBounds()
    ) throws {
        folder = try TemporaryFolder()
        server = try RedisServer(folder: folder.path, options: options)
        store = Self.store(
            .patient(port: server.port), pendingLimit: pendingLimit, graph: graph, touchBounds: touchBounds)
    }

    static func store(
        _ settings: RedisSettings, pendingLimit: Int = 8, graph: String = "", touchBounds: TouchBounds = TouchBounds()
    ) -> RedisCacheStore {
        RedisCacheStore(
            settings: settings, namespace: Graph.Namespace(), group: "g", pendingLimit: pendingLimit, graph: graph,
            touchBounds: touchBounds)
    }

    func another(commandTimeout: Int = 60_000) -> RedisCacheStore {
        Self.store(.patient(port: server.port, commandTimeout: commandTimeout))
    }

    /// With a record, a ticket and, where asked for, a checkpoint at 10.
    func begin(checkpoint: Partition? = nil) async throws -> Ticket {
        try await establish(checkpoint: checkpoint)
        return try #require(try await store.ticket())
    }

    /// A control record that a graph has claimed, before its first ticket.
    func establish(checkpoint: Partition? = nil) async throws {
        let view = try await store.establish(incarnation: "i1", owner: "o", history: Self.history)
        var revision = Revision(process: view.process, incarnation: "i1")
        revision.fingerprints["kind"] = "f"
        if let checkpoint {
            revision.checkpoints[checkpoint] = Checkpoint(
                offset: 10, timestamp: 5, hash: .max, history: Self.history, counts: OutcomeCounts())
        }
        _ = try await store.revise(revision)
    }

    /// 'ticket newest SET'
    func touch(_ place: Int) throws -> [UInt8]? { try store.command("HGET", "v1:freshet", "touch:\(place)").bytes }

    func field(_ name: String) throws -> String? { try store.command("HGET", "v1:freshet", name).text }
}

extension RedisSettings {
    /// For what isn't about limits: a busy machine may take long for anything.
    static func patient(port: Int, commandTimeout: Int = 60_000) -> RedisSettings {
        RedisSettings(port: port, connectTimeout: 60_000, commandTimeout: commandTimeout)
    }
}

extension BucketSet {
    init(of keys: String...) {
        self.init()
        for key in keys { insert(Bucket.of(key)) }
    }
}

extension ApplyCall {
    /// `writes` live for an hour.
    init(_ ticket: Ticket, writes: [(String, String)] = [], unlinks: [String] = [], link: Link? = nil) {
        var operations = KeyOperations()
        for key in unlinks { Array(key.utf8).withUnsafeBytes { operations.unlink(key: $0) } }
        for (key, value) in writes {
            Array(key.utf8).withUnsafeBytes { key in
                Array(value.utf8).withUnsafeBytes { operations.write(key: key, value: $0, timeToLive: 3_600_000) }
            }
        }
        self.init(ticket: ticket, history: RedisHarness.history, link: link, operations: operations)
    }
}

extension RedisCacheStore {
    func value(_ key: String) async throws -> String? {
        try await get([Array(key.utf8)])[0].map { String(decoding: $0, as: UTF8.self) }
    }

    func apply(_ call: ApplyCall) async throws -> ApplyReply { try await apply([call])[0] }
}

/// Same seed, same numbers.
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }
}
