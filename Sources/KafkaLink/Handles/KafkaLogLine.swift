/// One of librdkafka's own log lines.
package struct KafkaLogLine: Hashable, Sendable {
    /// As in syslog: 3 error, 4 warning, 6 info, 7 debug.
    package var level: Int
    /// librdkafka's word for what it is about: `FAIL`, `MAXPOLL`, `ASSIGN` …
    package var facility: String
    package var text: String

    package init(level: Int, facility: String, text: String) {
        self.level = level
        self.facility = facility
        self.text = text
    }
}
