import CRdkafka
import FreshetCore

/// Where letters go. Used by one thread.
package final class KafkaLetterBox: LetterBox {
    private let settings: KafkaSettings
    private let log: @Sendable (KafkaLogLine) -> Void
    /// nil before the first letter, and after a fatal error: then the next letter gets a new producer.
    private var producer: KafkaProducer?
    private var lastNumber: UInt = 0

    package init(_ settings: KafkaSettings, log: @escaping @Sendable (KafkaLogLine) -> Void = { _ in }) {
        self.settings = settings
        self.log = log
    }

    /// One second more than librdkafka's own bound, so that its reports say what happened.
    private var bound: Int { settings.deliveryTimeout + 1_000 }

    package func send(_ letters: [Letter]) throws(Fault) {
        guard !letters.isEmpty else { return }
        let producer = try living()
        do {
            try send(letters, by: producer)
        } catch {
            guard producer.handle.fatal != nil else { throw error }
            // The idempotent producer has lost its place and can't go on; a new one can.
            self.producer = nil
            throw Fault(.kafka, .connectionLost, error.message)
        }
    }

    private func living() throws(Fault) -> KafkaProducer {
        if let producer { return producer }
        let producer = try KafkaProducer(settings, log: log)
        self.producer = producer
        return producer
    }

    private func send(_ letters: [Letter], by producer: KafkaProducer) throws(Fault) {
        let deadline = Deadline(milliseconds: bound)
        let first = lastNumber + 1
        var outstanding = Set<UInt>()
        var failure: (letter: Letter, error: rd_kafka_resp_err_t)?
        /// Reports about letters of an earlier call, which gave up on them, are passed over.
        func note(_ report: KafkaProducer.Report) {
            guard outstanding.remove(report.number) != nil else { return }
            if report.error != RD_KAFKA_RESP_ERR_NO_ERROR && failure == nil {
                failure = (letters[Int(report.number - first)], report.error)
            }
        }
        for letter in letters {
            lastNumber += 1
            outstanding.insert(lastNumber)
            do {
                try producer.enqueue(letter, number: lastNumber, deadline: deadline, reports: note)
            } catch {
                throw Fault(.kafka, error.code, "\(error.message); \(Self.name(letter))")
            }
        }
        while !outstanding.isEmpty && !deadline.hasPassed { producer.poll(deadline.wait(atMost: 1_000), note) }
        if let failure { throw KafkaFault.make(failure.error, Self.name(failure.letter)) }
        if !outstanding.isEmpty { throw KafkaFault.timeout("\(letters.count) letters", milliseconds: bound) }
    }

    /// Which letter it is, without its contents.
    private static func name(_ letter: Letter) -> String {
        let key = letter.key.map { String(String(decoding: $0.prefix(80), as: UTF8.self).filter { !$0.isNewline }) }
        return "letter to \(letter.topic) with key \(key ?? "null") and \(letter.value?.count ?? 0) bytes of value"
    }
}
