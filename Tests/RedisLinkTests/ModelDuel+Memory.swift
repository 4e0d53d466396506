import FreshetCore

extension ModelDuel {
    /// What was seen may be what stands there or not, and of this incarnation or not.
    func remember(_ child: Int, _ ticket: Ticket, _ call: inout ApplyCall) {
        let key = Array("v1:freshet:memory:edge:\(child)".utf8)
        let incarnation = chance(90) ? ticket.incarnation : "other"
        let entry = Array("\(incarnation)/\(chance(10) ? 0 : ticket.number)/\(child)".utf8)
        call.operations.remember(
            key: key,
            MemoryWrite(
                entry: chance(20) ? [] : entry, seen: chance(70) ? model.memories[key] ?? [] : [],
                both: chance(20) ? [] : entry + Array(",9".utf8)))
        note("remembered")
    }
}
