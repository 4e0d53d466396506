import FreshetCore

/// What `lease.lua` answered to a reader.
package enum LeaseAnswer: Hashable, Sendable {
    case hit([UInt8])
    /// `wait` is 0 for the caller that reads, else for how many more milliseconds another caller may be reading.
    case miss(token: [UInt8], wait: Int)
    /// There is no control record: read PostgreSQL and don't cache.
    case none
}

extension RedisCacheStore {
    /// Asks for a key as a reader that fills after a miss. With `milliseconds` one caller per key is told to read;
    /// `holder` names this one.
    package func lease(
        _ key: [UInt8], milliseconds: Int = 0, holder: String = ""
    ) throws(Fault) -> LeaseAnswer {
        let reply = try call(.lease) {
            begin(.lease, keys: milliseconds > 0 ? 3 : 2, arguments: 2)
            commands.add(record)
            commands.add(key)
            if milliseconds > 0 { commands.add(ControlField.leaseKey(record: record, key: key)) }
            commands.add(milliseconds)
            commands.add(holder)
        }
        guard let parts = reply.elements else { throw unexpected(reply, to: "lease.lua") }
        switch parts.first?.text {
        case "hit":
            if parts.count == 2, let value = parts[1].bytes { return .hit(value) }
        case "miss":
            if parts.count == 3, let token = parts[1].bytes, let wait = parts[2].int {
                return .miss(token: token, wait: Int(wait))
            }
        case "none": return .none
        default: break
        }
        throw unexpected(reply, to: "lease.lua")
    }

    /// Fills after a miss. False: something was touched in between, and the value may be old.
    package func fill(
        _ key: [UInt8], token: [UInt8], value: [UInt8], timeToLive: Int64, holder: String? = nil
    ) throws(Fault) -> Bool {
        let reply = try call(.fill) {
            begin(.fill, keys: holder == nil ? 2 : 3, arguments: 4)
            commands.add(record)
            commands.add(key)
            if holder != nil { commands.add(ControlField.leaseKey(record: record, key: key)) }
            commands.add(token)
            commands.add(value)
            commands.add(timeToLive)
            commands.add(holder ?? "")
        }
        guard let answer = reply.int else { throw unexpected(reply, to: "fill.lua") }
        return answer == 1
    }
}
