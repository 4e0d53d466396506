import FreshetCore
import RedisLink
import Simulator
import Testing

/// Everything that a real Redis holds: the entities' keys, and the control record field by field.
struct RealState {
    struct Fields {
        /// By their place in the log.
        var touches: [Int64: TouchLog.Touch] = [:]
        var pending: [String: Pending] = [:]
        var checkpoints: [String: Checkpoint] = [:]
        var chains: [String: String] = [:]
        var rest: [String: String] = [:]
    }

    var values: [[UInt8]: [UInt8]] = [:]
    /// By edge and child.
    var memories: [[UInt8]: [UInt8]] = [:]
    var fields: Fields?

    init(_ store: RedisCacheStore) throws {
        let keys = try store.command("KEYS", "*").elements?.compactMap(\.bytes) ?? []
        for key in keys where !key.starts(with: "v1:freshet".utf8) {
            values[key] = try store.command([Array("GET".utf8), key]).bytes
        }
        for key in keys where key.starts(with: "v1:freshet:memory:".utf8) {
            let pairs = try store.command([Array("HGETALL".utf8), key]).elements?.compactMap(\.bytes) ?? []
            for index in stride(from: 0, to: pairs.count, by: 2) {
                memories[key + [UInt8(ascii: ":")] + pairs[index]] = pairs[index + 1]
            }
        }
        let pairs = try store.command("HGETALL", "v1:freshet").elements ?? []
        if pairs.isEmpty { return }
        var fields = Fields()
        var slots: [String: String] = [:]
        var entries: [String: [UInt8]] = [:]
        for index in stride(from: 0, to: pairs.count, by: 2) {
            let (name, value) = (try #require(pairs[index].text), try #require(pairs[index + 1].bytes))
            let text = String(decoding: value, as: UTF8.self)
            if name.hasPrefix("touch:") {
                let parts = value.split(separator: 32, maxSplits: 2, omittingEmptySubsequences: false)
                let tickets = try parts[..<2].map { try #require(Int64(String(decoding: $0, as: UTF8.self))) }
                fields.touches[try #require(Int64(name.dropFirst(6)))] = TouchLog.Touch(
                    ticket: tickets[0], newest: tickets[1], buckets: BucketSet(bytes: Array(parts[2])))
            } else if name.hasPrefix("cp:") {
                fields.checkpoints[name] = ControlField.parse(checkpoint: text)
            } else if name.hasPrefix("chain:") {
                fields.chains[name] = text
            } else if name.hasPrefix("slot:") {
                slots[String(name.dropFirst(5))] = text
            } else if name.hasPrefix("pend:") {
                entries[String(name.dropFirst(5))] = value
            } else {
                fields.rest[name] = text
            }
        }
        // The slots are 1 … n without a hole, and each entry stands in the slot that it names.
        #expect(Set(slots.keys) == Set((0..<entries.count).map { "\($0 + 1)" }))
        #expect(fields.rest["pending"] == "\(entries.count)")
        for (id, stored) in entries {
            let parts = stored.split(separator: 32, maxSplits: 1, omittingEmptySubsequences: false)
            let slot = try #require(slots[String(decoding: parts[0], as: UTF8.self)])
            let due = slot.split(separator: " ", maxSplits: 1)
            #expect(String(due[1]) == id)
            fields.pending[id] = Pending(id: id, due: try #require(Int64(due[0])), body: Array(parts[1]))
        }
        self.fields = fields
    }
}
