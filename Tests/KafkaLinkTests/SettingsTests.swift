import FreshetCore
import KafkaLink
import Testing

@Suite struct SettingsTests {
    @Test func anUnknownSettingIsRefusedInLibrdkafkasWords() {
        var settings = KafkaSettings(bootstrap: "127.0.0.1:1")
        settings.overrides = ["no.such.setting": "1"]
        let fault = #expect(throws: Fault.self) { try KafkaProducer(settings) }
        #expect(fault?.code == .kafka(name: "_INVALID_ARG", fatal: true))
        #expect(fault?.message == "kafka setting no.such.setting: No such configuration property: \"no.such.setting\"")
    }

    @Test func aValueOutOfRangeIsRefused() {
        var settings = KafkaSettings(bootstrap: "127.0.0.1:1")
        settings.overrides = ["session.timeout.ms": "0"]
        let fault = #expect(throws: Fault.self) { try KafkaGroup(settings, topics: ["t"], lanes: 1) }
        #expect(fault?.message.contains("session.timeout.ms") == true)
    }

    /// `doctor` says to raise it where a topic takes larger records.
    @Test func recordsMayBeLargerThanAFetchAnswer() throws {
        var settings = KafkaSettings(bootstrap: "127.0.0.1:1")
        settings.overrides = ["message.max.bytes": "20000000"]
        _ = try KafkaGroup(settings, topics: ["t"], lanes: 1)
    }

    @Test(arguments: ["auto.offset.reset", "enable.auto.commit", "enable.idempotence"])
    func whatTheWorkerReliesOnCannotBeOverridden(_ name: String) {
        var settings = KafkaSettings(bootstrap: "127.0.0.1:1")
        settings.overrides = [name: "true"]
        #expect(throws: Fault.self) { try KafkaGroup(settings, topics: ["t"], lanes: 1) }
    }
}
