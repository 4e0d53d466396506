import FreshetCore

/// Ids, versions, times and the entities that a payload names.
extension EventMapping {
    /// The entity whose id parts were captured in `parts`.
    func entity(
        _ kind: KindIndex, _ parts: [Int], pool: inout TextPool
    ) throws(Rejection) -> EntityRef {
        let count = idParts[Int(kind.value)]
        guard parts.count >= count else {
            throw Rejection(
                .missingField,
                "kind \(graph[kind].name) has \(count) id parts, and topic \(topic.name) maps \(parts.count)")
        }
        if count == 1 { return try entity(kind, captures[parts[0]], 0, pool: &pool) }
        parser.begin()
        for part in 0..<count {
            let captured = captures[parts[part]]
            try check(captured, kind, part)
            try withText(captured, path(part)) { text throws(Rejection) in try parser.add(graph, kind, text) }
        }
        return try parser.finish(graph, kind, pool: &pool)
    }

    /// An entity of a kind with one id part.
    @inline(__always)
    func entity(
        _ kind: KindIndex, _ captured: Captured, _ part: Int, pool: inout TextPool
    ) throws(Rejection) -> EntityRef {
        if captured.form == .integer, isNumber[Int(kind.value)], let int = IDText.bigint(captured.bytes) {
            return EntityRef(kind: kind, int: int)
        }
        try check(captured, kind, part)
        return try withText(captured, path(part)) { text throws(Rejection) in
            try parser.entity(graph, kind, text, pool: &pool)
        }
    }

    private func path(_ part: Int) -> [String]? {
        part < topic.fields.id.count ? topic.fields.id[part] : nil
    }

    /// A string, or a whole number: a decimal has many spellings, and everything else is no id.
    private func check(_ captured: Captured, _ kind: KindIndex, _ part: Int) throws(Rejection) {
        switch captured.form {
        case .text, .escapedText, .integer: return
        case .absent, .null:
            let name = graph[kind].id[min(part, graph[kind].id.count - 1)].name
            throw Rejection(
                .missingField, "the record has no `\(name)` of kind \(graph[kind].name) (\(show(path(part))))")
        case .decimal: throw Rejection(.invalidID, "\(show(path(part))) is the decimal number \(quote(captured))")
        case .object where topic.format == .debezium:
            throw Rejection(
                .invalidID, "\(show(path(part))) is a number with a scale: set decimal.handling.mode=string in Debezium"
            )
        case .boolean, .object, .array: throw Rejection(.wrongType, "\(show(path(part))) is no string and no number")
        }
    }

    func version(_ captured: Captured) throws(Rejection) -> Int64? {
        if captured.isMissing { return nil }
        guard captured.form == .integer || captured.isText,
            let version = try withText(captured, topic.fields.version, { IDText.bigint($0) })
        else {
            throw Rejection(
                .invalidVersion, "\(show(topic.fields.version)) is \(quote(captured)), no canonical 64-bit integer")
        }
        return version
    }

    /// Milliseconds since 1970 from a timestamp, or from a whole number of milliseconds; -1 where it can't be read: a
    /// time only measures freshness, and is no reason to refuse an event.
    func time(_ captured: Captured) -> Int64 {
        switch captured.form {
        case .text: return max(-1, TimeText.milliseconds(captured.bytes) ?? -1)
        case .escapedText: return (try? withText(captured, nil) { max(-1, TimeText.milliseconds($0) ?? -1) }) ?? -1
        case .integer: return max(-1, IDText.bigint(captured.bytes) ?? -1)
        default: return -1
        }
    }

    /// A transaction's number; of `739:31027744` (Debezium's transaction ids) the part before the colon.
    func transaction(_ captured: Captured) throws(Rejection) -> UInt64? {
        if captured.isMissing { return nil }
        guard captured.form == .integer || captured.form == .text else { throw noTransaction(captured) }
        var value: UInt64 = 0
        var digits = 0
        for byte in captured.bytes {
            if byte == UInt8(ascii: ":"), digits > 0 { break }
            let digit = byte &- UInt8(ascii: "0")
            let (product, overflow) = value.multipliedReportingOverflow(by: 10)
            let (sum, carry) = product.addingReportingOverflow(UInt64(digit))
            guard digit <= 9, !overflow, !carry else { throw noTransaction(captured) }
            value = sum
            digits += 1
        }
        guard digits > 0 else { throw noTransaction(captured) }
        return value
    }

    private func noTransaction(_ captured: Captured) -> Rejection {
        Rejection(.wrongType, "\(show(topic.fields.transaction)) is \(quote(captured)), no transaction number")
    }

    /// W3C trace context: 55 bytes in version 00. Everything else is left out.
    @inline(__always)
    func traceparent(_ captured: Captured, into text: inout [UInt8]) {
        text.removeAll(keepingCapacity: true)
        if captured.count == 55, captured.form == .text { text.append(contentsOf: captured.bytes) }
    }

    /// Adds what an edge's field names: one id, or an array of them. null and absent name nothing.
    func target(_ edge: FieldEdge, _ captured: Captured, into buffer: inout ChangeBuffer) throws(Rejection) {
        switch captured.form {
        case .absent, .null: return
        case .array:
            var rest = ScalarList(captured.bytes, guesses: guesses)
            while let element = rest.next() {
                if element.form != .null { try scalarTarget(edge, element, into: &buffer) }
            }
        default: try scalarTarget(edge, captured, into: &buffer)
        }
    }

    private func scalarTarget(
        _ edge: FieldEdge, _ captured: Captured, into buffer: inout ChangeBuffer
    ) throws(Rejection) {
        guard captured.form == .integer || captured.isText else {
            throw Rejection(.wrongType, "\(show(edge.path)) is no id and no list of ids")
        }
        guard idParts[Int(edge.to.value)] == 1 else {
            throw Rejection(.wrongType, "\(show(edge.path)) can't name a \(graph[edge.to].name): its id is composite")
        }
        if captured.form == .integer, isNumber[Int(edge.to.value)], let int = IDText.bigint(captured.bytes) {
            let target = ChangeBuffer.Target(edge: edge.edge, entity: EntityRef(kind: edge.to, int: int))
            buffer.targets.append(target)
            return
        }
        let entity = try withText(captured, edge.path) { text throws(Rejection) in
            try parser.entity(graph, edge.to, text, pool: &buffer.pool)
        }
        buffer.targets.append(ChangeBuffer.Target(edge: edge.edge, entity: entity))
    }
}
