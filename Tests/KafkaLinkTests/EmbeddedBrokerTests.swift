import FreshetCore
import KafkaLink
import Testing

@Suite struct EmbeddedBrokerTests {
    @Test func itObeysLinesAndSaysWhatItCannotRead() throws {
        var input = [
            "rtt 1 5", "error 1 5 6", "clear 1", "leader a 0 1", "down 1", "up 1", "down x", "dance", "topic b 2",
            "quit",
            "never read",
        ]
        var output: [String] = []
        try EmbeddedBroker.run(
            topics: [("a", 1)], input: { input.isEmpty ? nil : input.removeFirst() }, output: { output.append($0) })
        #expect(output[0].hasPrefix("bootstrap=127.0.0.1:"))
        #expect(
            Array(output.dropFirst()) == [
                "ok", "ok", "ok", "ok", "ok", "ok", "error: can't read: down x", "error: can't read: dance", "ok",
            ])
        #expect(input == ["never read"])
    }
}
