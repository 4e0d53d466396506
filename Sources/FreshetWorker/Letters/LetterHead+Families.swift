import FreshetCore

/// Names and encodings as the families' own sources have them.
extension LetterHead {
    static func freshet(_ headers: LetterHeaders) -> LetterHead? {
        func name(_ short: String) -> String { LetterWriter.family + short }
        guard
            let origin = origin(
                headers.text(name("origin-topic")), headers.number(name("origin-partition")),
                headers.number(name("origin-offset")))
        else { return nil }
        var head = LetterHead(
            origin: origin, reason: headers.text(name("error-class")) ?? unknown,
            message: headers.text(name("error-message")) ?? "")
        head.disposition = headers.text(name("disposition")).flatMap(Disposition.init) ?? .reject
        head.originTimestamp = headers.number(name("origin-timestamp"))
        head.group = headers.text(name("group"))
        head.attempts = count(headers.number(name("attempts")))
        head.firstFailure = headers.number(name("first-failure"))
        head.lastFailure = headers.number(name("last-failure"))
        head.replays = count(headers.number(name("replays")))
        head.notBefore = headers.number(name("not-before"))
        head.version = headers.text(name("version"))
        head.traceparent = headers.text(name("traceparent"))
        head.isLost = headers.text(name("record-lost")) == "true"
        return head
    }

    /// Texts are UTF-8, the partition a 4-byte and offset and timestamp 8-byte big-endian integers. Later rounds append
    /// by default, so the first of each is the origin and the last exception the newest. Its letters get a timestamp of
    /// their own: when they were written.
    static func spring(_ headers: LetterHeaders, _ record: RecordCopy) -> LetterHead? {
        func name(_ short: String) -> String { "kafka_dlt-\(short)" }
        guard
            let origin = origin(
                headers.text(name("original-topic")), headers.bigEndian32(name("original-partition")).map(Int64.init),
                headers.bigEndian64(name("original-offset")))
        else { return nil }
        // The exception itself is mostly Spring's own wrapper; the cause is what the listener threw.
        let reasons = ["exception-cause-fqcn", "exception-fqcn", "key-exception-fqcn"]
        let messages = ["exception-message", "key-exception-message"]
        var head = LetterHead(
            origin: origin, reason: reasons.lazy.compactMap { headers.lastText(name($0)) }.first ?? unknown,
            message: messages.lazy.compactMap { headers.lastText(name($0)) }.first ?? "")
        head.family = .spring
        head.originTimestamp = headers.bigEndian64(name("original-timestamp"))
        head.group = headers.text(name("original-consumer-group"))
        head.lastFailure = record.timestamp >= 0 ? record.timestamp : nil
        head.firstFailure = head.lastFailure
        return head
    }

    /// All UTF-8 text. Letters keep the original key and timestamp; nothing says when they failed.
    static func connect(_ headers: LetterHeaders) -> LetterHead? {
        func name(_ short: String) -> String { "__connect.errors.\(short)" }
        guard
            let origin = origin(
                headers.text(name("topic")), headers.number(name("partition")), headers.number(name("offset")))
        else { return nil }
        var head = LetterHead(
            origin: origin, reason: headers.text(name("exception.class.name")) ?? unknown,
            message: headers.text(name("exception.message")) ?? "")
        head.family = .connect
        // A sink connector's group, unless it was given another name.
        head.group = headers.text(name("connector.name")).map { "connect-\($0)" }
        return head
    }

    /// All UTF-8 text, `original_…` in older versions; those give their letters the partition's number as key and keep
    /// the record's own key in a header. No exception is told, and the timestamp is when the letter was written.
    static func karafka(_ headers: LetterHeaders, _ record: RecordCopy) -> LetterHead? {
        for prefix in ["source_", "original_"] {
            func name(_ short: String) -> String { prefix + short }
            guard
                let origin = origin(
                    headers.text(name("topic")), headers.number(name("partition")), headers.number(name("offset")))
            else { continue }
            let trace = headers.text(name("trace_id"))
            var head = LetterHead(
                origin: origin, reason: unknown, message: trace.map { "Karafka's trace id is \($0)" } ?? "")
            head.family = .karafka
            head.originKey = headers.bytes(name("key"))
            head.group = headers.text(name("consumer_group"))
            head.attempts = count(headers.number(name("attempts")))
            head.lastFailure = record.timestamp >= 0 ? record.timestamp : nil
            head.firstFailure = head.lastFailure
            return head
        }
        return nil
    }

    /// Where a family says nothing about the error.
    package static let unknown = "unknown"

    private static func origin(_ topic: String?, _ number: Int64?, _ offset: Int64?) -> LetterOrigin? {
        guard let topic, !topic.isEmpty, let number = number.flatMap({ Int32(exactly: $0) }), number >= 0,
            let offset, offset >= 0
        else { return nil }
        return LetterOrigin(Partition(topic: topic, number: number), offset: offset)
    }

    private static func count(_ number: Int64?) -> Int { Int(clamping: max(0, number ?? 0)) }
}
