import FreshetCore
import KafkaLink

/// The end of a run with `--account`.
extension ChaosRun {
    /// Nobody writes any more, and everything was applied.
    func holdAgainstTopics() async {
        do {
            let broker = stage.broker
            guard let record = try await stage.redis.direct.look(broker.sources + broker.retries).record else {
                return problem("there is no control record at the end")
            }
            var topics = TopicAccount(sources: Set(broker.sources), checkpoints: record.checkpoints)
            let reader = try KafkaTopicReader(broker.settings)
            let admin = try KafkaAdmin(broker.settings)
            for topic in broker.sourceTopics + broker.retryTopics + broker.letterTopics {
                for stretch in try admin.stretches(of: topic) {
                    try reader.read(stretch) { record throws(Fault) in
                        topics.add(record, isLetter: broker.letterTopics.contains(topic))
                        return true
                    }
                }
            }
            report.topics = topics
            for words in topics.problems { problem(words) }
            if let words = try stage.verify() { problem(words) }
        } catch {
            problem("the account over the topics could not be made: \(error)")
        }
    }
}
