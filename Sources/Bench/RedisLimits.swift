import CommandKit
import FreshetCore
import RedisLink

/// What Redis alone reaches with the keys of a case: without fences, and through the script. Units are keys.
struct RedisLimits {
    let servers: BenchServers
    let namespace: Graph.Namespace
    let seconds: Double
    private static let keysPerCall = 512
    private static let callsInFlight = 8

    private var settings: RedisSettings { RedisSettings(port: servers.redis.port, commandTimeout: 30_000) }

    func unlink(_ keys: Int) throws -> Lap {
        try plain(keys) { commands, range in
            commands.begin(arguments: 1 + range.count)
            commands.add("UNLINK")
            for key in range { commands.add("v1:view:\(key)") }
        }
    }

    func set(_ keys: Int, bytes: Int) throws -> Lap {
        let value = [UInt8](repeating: UInt8(ascii: "x"), count: bytes)
        return try plain(keys) { commands, range in
            for key in range {
                commands.begin(arguments: 5)
                commands.add("SET")
                commands.add("v1:view:\(key)")
                commands.add(value)
                commands.add("EX")
                commands.add("86400")
            }
        }
    }

    private func plain(_ keys: Int, _ add: (inout CommandBuffer, Range<Int>) -> Void) throws -> Lap {
        let connection = try RedisConnection(settings)
        var next = 1
        var done = 0
        let watch = Stopwatch(servers)
        while watch.seconds < seconds {
            var commands = CommandBuffer()
            for _ in 0..<Self.callsInFlight {
                if next + Self.keysPerCall > keys { next = 1 }
                add(&commands, next..<min(keys + 1, next + Self.keysPerCall))
                next += Self.keysPerCall
                done += Self.keysPerCall
            }
            for case .error(let text) in try connection.exchange(commands) {
                throw CommandFailure(.fatal, "Redis refused a plain command: \(text)")
            }
        }
        return watch.lap(done)
    }

    /// As a lane calls it: a ticket for each batch, several calls in flight.
    func fenced(_ keys: Int, bytes: Int?) async throws -> Lap {
        let store = RedisCacheStore(settings: settings, namespace: namespace, group: "limit", pendingLimit: 1_000)
        let history = History(system: 1, timeline: 1)
        _ = try await store.establish(incarnation: "bench", owner: "bench", history: history)
        let value = [UInt8](repeating: UInt8(ascii: "x"), count: bytes ?? 0)
        var next = 1
        var done = 0
        let watch = Stopwatch(servers)
        while watch.seconds < seconds {
            guard let ticket = try await store.ticket() else {
                throw CommandFailure(.fatal, "Redis lost the benchmark's control record")
            }
            var calls: [ApplyCall] = []
            for _ in 0..<Self.callsInFlight {
                if next + Self.keysPerCall > keys { next = 1 }
                var operations = KeyOperations()
                for key in next..<min(keys + 1, next + Self.keysPerCall) {
                    let name = Array("v1:view:\(key)".utf8)
                    name.withUnsafeBytes { name in
                        if bytes == nil {
                            operations.unlink(key: name)
                        } else {
                            value.withUnsafeBytes {
                                operations.write(key: name, value: $0, timeToLive: 86_400_000)
                            }
                        }
                    }
                }
                next += Self.keysPerCall
                done += operations.count
                calls.append(ApplyCall(ticket: ticket, history: history, operations: operations))
            }
            for reply in try await store.apply(calls) where reply != .applied(refused: []) {
                throw CommandFailure(.fatal, "the fenced script answered \(reply)")
            }
        }
        return watch.lap(done)
    }
}
