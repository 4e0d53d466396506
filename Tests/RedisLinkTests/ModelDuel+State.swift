import FreshetCore
import RedisLink
import Simulator
import Testing

extension ModelDuel {
    func modelReply(to call: ApplyCall) -> ApplyReply {
        if call.removals.isEmpty { return model.apply(call, group: "g", pendingLimit: 6) }
        let touched = model.apply(call.touch, group: "g", pendingLimit: 6)
        model.unlink((0..<call.removals.count).map { Array(call.removals[$0]) })
        let reply = model.apply(call, group: "g", pendingLimit: 6)
        guard case .applied = touched else { return touched }
        note("removed")
        return reply
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
        #expect(fields.fences == record.fences)
        #expect(fields.rest["common"] == (record.common == 0 ? nil : "\(record.common)"))
        #expect(fields.rest["top"] == record.top.map { "\($0)" })
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
