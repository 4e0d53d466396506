import CommandKit
import FreshetCore
import RedisLink

/// What Redis alone reaches with the keys of a case: without fences, and through the script. Units are keys.
struct RedisLimits {
    let servers: BenchServers
    let namespace: Graph.Namespace
    let threads: Int
    /// Keys `v1:view:1` to so many, which are there.
    let keys: Int
    private static let keysPerCall = 512
    private static let callsInFlight = 8

    private static func settings(_ port: Int) -> RedisSettings { RedisSettings(port: port, commandTimeout: 30_000) }

    /// Each key once: what is gone costs less.
    func unlink() throws -> Lap {
        try plain(nil) { commands, range in
            commands.begin(arguments: 1 + range.count)
            commands.add("UNLINK")
            for key in range { commands.add("v1:view:\(key)") }
        }
    }

    /// Again and again.
    func set(bytes: Int, seconds: Double) throws -> Lap {
        let value = [UInt8](repeating: UInt8(ascii: "x"), count: bytes)
        return try plain(seconds) { commands, range in
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

    /// The keys of a thread, in pieces; nil when the time is over, or without one when all had their turn.
    private struct Turns {
        let range: Range<Int>
        let end: UInt64?
        var next: Int

        init(_ thread: Int, of threads: Int, keys: Int, seconds: Double?) {
            range = (1 + keys * thread / threads)..<(1 + keys * (thread + 1) / threads)
            end = seconds.map { MachineClock.now() + UInt64($0 * 1e9) }
            next = range.lowerBound
        }

        mutating func take() -> Range<Int>? {
            if let end {
                if MachineClock.now() >= end { return nil }
                if next >= range.upperBound { next = range.lowerBound }
            }
            guard next < range.upperBound else { return nil }
            defer { next += RedisLimits.keysPerCall }
            return next..<min(range.upperBound, next + RedisLimits.keysPerCall)
        }

        mutating func takeSome() -> [Range<Int>] { (0..<RedisLimits.callsInFlight).compactMap { _ in take() } }
    }

    private func plain(
        _ seconds: Double?, _ add: @escaping @Sendable (inout CommandBuffer, Range<Int>) -> Void
    ) throws -> Lap {
        let (port, keys, threads) = (servers.redis.port, keys, threads)
        return try BenchThreads.run(threads, servers) { thread, ready in
            let connection = try RedisConnection(Self.settings(port))
            ready()
            var turns = Turns(thread, of: threads, keys: keys, seconds: seconds)
            var done = 0
            while case let ranges = turns.takeSome(), !ranges.isEmpty {
                var commands = CommandBuffer()
                for range in ranges { add(&commands, range) }
                for case .error(let text) in try connection.exchange(commands) {
                    throw CommandFailure(.fatal, "Redis refused a plain command: \(text)")
                }
                done += ranges.reduce(0) { $0 + $1.count }
            }
            return done
        }
    }

    /// As a lane calls it: a ticket for each batch, several calls in flight.
    func fencedUnlink() throws -> Lap { try fenced(bytes: nil, seconds: nil) }
    func fencedSet(bytes: Int, seconds: Double) throws -> Lap { try fenced(bytes: bytes, seconds: seconds) }

    private func fenced(bytes: Int?, seconds: Double?) throws -> Lap {
        let (port, keys, threads, namespace) = (servers.redis.port, keys, threads, namespace)
        return try BenchThreads.run(threads, servers) { thread, ready in
            let store = RedisCacheStore(
                settings: Self.settings(port), namespace: namespace, group: "limit", pendingLimit: 1_000)
            let history = History(system: 1, timeline: 1)
            _ = try await store.establish(incarnation: "bench", owner: "bench", history: history)
            let value = bytes.map { [UInt8](repeating: UInt8(ascii: "x"), count: $0) }
            ready()
            var turns = Turns(thread, of: threads, keys: keys, seconds: seconds)
            var done = 0
            while case let ranges = turns.takeSome(), !ranges.isEmpty {
                guard let ticket = try await store.ticket() else {
                    throw CommandFailure(.fatal, "Redis lost the benchmark's control record")
                }
                let calls = ranges.map { range in
                    ApplyCall(ticket: ticket, history: history, operations: Self.operations(range, value))
                }
                for reply in try await store.apply(calls) {
                    // Another thread may have touched the same bucket with a newer ticket.
                    guard case .applied = reply else {
                        throw CommandFailure(.fatal, "the fenced script answered \(reply)")
                    }
                }
                done += ranges.reduce(0) { $0 + $1.count }
            }
            return done
        }
    }

    private static func operations(_ range: Range<Int>, _ value: [UInt8]?) -> KeyOperations {
        var operations = KeyOperations()
        for key in range {
            Array("v1:view:\(key)".utf8).withUnsafeBytes { name in
                if let value {
                    value.withUnsafeBytes { operations.write(key: name, value: $0, timeToLive: 86_400_000) }
                } else {
                    operations.unlink(key: name)
                }
            }
        }
        return operations
    }
}
