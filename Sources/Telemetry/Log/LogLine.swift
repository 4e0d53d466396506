/// Fields in the order in which they were given.
package struct LogFields: Hashable, Sendable, ExpressibleByDictionaryLiteral {
    package struct Field: Hashable, Sendable {
        package var name: String
        package var value: LogValue
    }

    package var fields: [Field]

    package init(dictionaryLiteral elements: (String, LogValue)...) {
        fields = elements.map { Field(name: $0.0, value: $0.1) }
    }

    /// The first one of that name.
    package subscript(name: String) -> LogValue? { fields.first { $0.name == name }?.value }

    package static func + (a: LogFields, b: LogFields) -> LogFields {
        var result = a
        result.fields += b.fields
        return result
    }
}

package struct LogLine: Hashable, Sendable {
    /// Milliseconds since 1970.
    package var time: Int64
    package var level: LogLevel
    package var message: LogMessage
    package var fields: LogFields
    /// The W3C trace context of the record that the line is about.
    package var traceparent: String?

    /// One object, one line.
    package func json() -> String {
        var text = "{\"time\":\"\(TimeText.utc(time))\",\"level\":\"\(level.name)\",\"message\":\"\(message.rawValue)\""
        if let traceparent {
            text += ",\"traceparent\":"
            JSONText.append(string: traceparent, to: &text)
        }
        for field in fields.fields {
            text += ","
            JSONText.append(string: field.name, to: &text)
            text += ":"
            field.value.append(json: &text)
        }
        return text + "}"
    }

    /// For people: `09:30:00.123 warning dependency paused  dependency=redis`.
    package func plain(colour: Bool) -> String {
        let label = level.name + String(repeating: " ", count: 7 - level.name.count)
        var text = "\(TimeText.utc(time).dropFirst(11).dropLast()) "
        text +=
            colour
            ? "\(colourCode)\(label)\u{1B}[0m \u{1B}[1m\(message.sentence)\u{1B}[0m" : "\(label) \(message.sentence)"
        var separator = "  "
        for field in fields.fields {
            text += "\(separator)\(field.name)="
            field.value.append(plain: &text)
            separator = " "
        }
        if let traceparent {
            text += "\(separator)traceparent="
            LogValue.string(traceparent).append(plain: &text)
        }
        return text
    }

    private var colourCode: String {
        switch level {
        case .debug: "\u{1B}[2m"
        case .info: "\u{1B}[32m"
        case .warning: "\u{1B}[33m"
        case .error: "\u{1B}[31m"
        }
    }
}
