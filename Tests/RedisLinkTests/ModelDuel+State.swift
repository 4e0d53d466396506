import FreshetCore
import RedisLink
import Simulator
import Testing

extension ModelDuel {
    func modelReply(to call: ApplyCall) -> ApplyReply {
        let before = model.record?.touches
        let reply = plainReply(to: call)
        if let before, model.record?.touches?.first ?? 0 > before.first { note("left") }
        if call.ticket.number < before?.common ?? 0, case .applied(let refused) = reply, !refused.isEmpty {
            note("too old")
        }
        return reply
    }

    func noteReply(_ reply: ApplyReply) {
        switch reply {
        case .applied(let refused): note(refused.isEmpty ? "applied" : "refused write")
        case .overlap: note("overlap")
        case .refused(.gap): note("gap")
        case .refused(let refusal): note("\(refusal)")
        case .failed: note("OOM")
        }
    }

    private func plainReply(to call: ApplyCall) -> ApplyReply {
        if call.removals.isEmpty { return model.apply(call, group: "g", pendingLimit: 6) }
        let touched = model.apply(call.touch, group: "g", pendingLimit: 6)
        model.unlink((0..<call.removals.count).map { Array(call.removals[$0]) })
        let reply = model.apply(call, group: "g", pendingLimit: 6)
        guard case .applied = touched else { return touched }
        note("removed")
        return reply
    }

    /// The record as a version without the log of touches left it.
    func forgetTheLog() throws {
        guard model.record != nil, !model.isFull else { return }
        let names = try harness.store.command("HKEYS", "v1:freshet").elements?.compactMap(\.text) ?? []
        let log = names.filter { $0 == "touches" || $0.hasPrefix("touch:") }
        if !log.isEmpty { _ = try harness.store.command((["HDEL", "v1:freshet"] + log).map { Array($0.utf8) }) }
        model.record?.touches = nil
        tokens = []
    }

    func compareState() throws {
        let real = try RealState(harness.store)
        let modelKeys = model.values.mapValues(\.bytes)
        #expect(real.values == modelKeys)
        #expect(real.memories == model.memories)
        guard let record = model.record else {
            #expect(real.fields == nil)
            return
        }
        let fields = try #require(real.fields)
        let log = record.touches
        #expect(
            fields.rest["touches"]
                == log.map { "\($0.first) \($0.next) \($0.bytes) \($0.newest) \($0.common)" })
        let touches = (log?.touches ?? []).enumerated().map { ((log?.first ?? 0) + Int64($0), $1) }
        #expect(fields.touches == Dictionary(uniqueKeysWithValues: touches))
        if let log, !log.touches.isEmpty {
            #expect(fields.rest["common"] == "\(log.newest * 4096 + (log.next - 1) % 4096)")
        }
        #expect(fields.pending == record.pending)
        let checkpoints = record.checkpoints.map {
            (ControlField.checkpoint($0.key.group, $0.key.partition), $0.value)
        }
        #expect(fields.checkpoints == Dictionary(uniqueKeysWithValues: checkpoints))
        let chains = record.chains.map { (ControlField.chain($0.key), "\($0.value.batch) \($0.value.index)") }
        #expect(fields.chains == Dictionary(uniqueKeysWithValues: chains))
        #expect(fields.rest["memory"] == "\(record.memory)")
        #expect(fields.rest["floor"] == "\(record.floor)")
        #expect(fields.rest["ticket"] == "\(record.ticket)")
        #expect(fields.rest["incarnation"] == record.incarnation)
        #expect(fields.rest["history"] == record.history.description)
        #expect(fields.rest["flushed"] == record.flushed?.description)
        for (kind, fingerprint) in record.fingerprints { #expect(fields.rest["graph:\(kind)"] == fingerprint) }
    }
}
