import CommandKit
import FreshetCore
import Glibc
import RedisLink
import Synchronization
import Wiring

/// When keys change: asks for those that are awaited, again and again, from a thread of its own.
final class KeyWatch: Sendable {
    private struct State {
        var awaited: Set<Int> = []
        var times: [Int: UInt64] = [:]
        var fault: Fault?
        var isOver = false
    }

    private let state = Mutex(State())
    /// Microseconds between two looks: what a wait can be too long by.
    private static let pause: UInt32 = 200
    /// Awaited keys that one look asks for; the oldest are not preferred, all come to their turn.
    private static let keysPerLook = 512

    init(port: Int) {
        let settings = RedisSettings(port: port, commandTimeout: 10_000, clientName: "freshet-bench")
        LaneThread.start("key-watch") { [self] in
            do throws(Fault) {
                try watch(RedisConnection(settings))
            } catch {
                state.withLock { $0.fault = error }
            }
        }
    }

    func await(_ item: Int) { state.withLock { _ = $0.awaited.insert(item) } }

    /// Items whose key has not changed yet.
    func awaited() throws(Fault) -> Int {
        let (count, fault) = state.withLock { ($0.awaited.count, $0.fault) }
        if let fault { throw fault }
        return count
    }

    /// When each was seen changed, monotonic nanoseconds.
    var times: [Int: UInt64] { state.withLock { $0.times } }

    func stop() { state.withLock { $0.isOver = true } }

    private func watch(_ connection: RedisConnection) throws(Fault) {
        while true {
            let (items, isOver) = state.withLock { (Array($0.awaited.prefix(Self.keysPerLook)), $0.isOver) }
            if isOver { return }
            var commands = CommandBuffer()
            for item in items { commands.command(["GETRANGE", "v1:item:\(item)", "0", "0"]) }
            let replies = items.isEmpty ? [] : try connection.exchange(commands)
            let now = MachineClock.now()
            // A lap begins with x's under every key: a document begins with a brace, and nothing is nothing.
            let changed = zip(items, replies).filter { $0.1.text != "x" }.map(\.0)
            state.withLock { state in
                for item in changed {
                    state.awaited.remove(item)
                    state.times[item] = now
                }
            }
            usleep(Self.pause)
        }
    }
}
