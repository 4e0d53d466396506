/// What a part says to the person on call. A value: copy it, add fields to it, hand it on.
package struct Log: Sendable {
    package var level: LogLevel
    private var sink: any LogSink
    /// Milliseconds since 1970.
    private var clock: @Sendable () -> Int64
    private var context: LogFields = [:]

    package init(level: LogLevel = .info, sink: any LogSink, clock: @escaping @Sendable () -> Int64) {
        self.level = level
        self.sink = sink
        self.clock = clock
    }

    package static let none = Log(level: .error, sink: NullLogSink(), clock: { 0 })

    /// The same log, saying these fields with each line.
    package func with(_ fields: LogFields) -> Log {
        var copy = self
        copy.context = context + fields
        return copy
    }

    package func debug(_ message: LogMessage, _ fields: @autoclosure () -> LogFields = [:], traceparent: String? = nil)
    {
        write(.debug, message, fields, traceparent)
    }

    package func info(_ message: LogMessage, _ fields: @autoclosure () -> LogFields = [:], traceparent: String? = nil) {
        write(.info, message, fields, traceparent)
    }

    package func warning(
        _ message: LogMessage, _ fields: @autoclosure () -> LogFields = [:], traceparent: String? = nil
    ) {
        write(.warning, message, fields, traceparent)
    }

    package func error(_ message: LogMessage, _ fields: @autoclosure () -> LogFields = [:], traceparent: String? = nil)
    {
        write(.error, message, fields, traceparent)
    }

    private func write(_ level: LogLevel, _ message: LogMessage, _ fields: () -> LogFields, _ traceparent: String?) {
        guard level >= self.level else { return }
        sink.write(
            LogLine(time: clock(), level: level, message: message, fields: context + fields(), traceparent: traceparent)
        )
    }
}
