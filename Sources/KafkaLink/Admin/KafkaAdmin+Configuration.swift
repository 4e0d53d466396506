import CRdkafka
import FreshetCore

extension KafkaAdmin {
    /// A topic's settings as they hold for it. The mock can't be asked.
    package func configuration(of topic: String) throws(Fault) -> [String: String] {
        let resource = rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC, topic)
        defer { rd_kafka_ConfigResource_destroy(resource) }
        var resources: [OpaquePointer?] = [resource]
        let what = "configuration of \(topic)"
        var found: [String: String] = [:]
        try ask(what, RD_KAFKA_ADMIN_OP_DESCRIBECONFIGS) { options, queue in
            rd_kafka_DescribeConfigs(handle.pointer, &resources, 1, options, queue)
        } read: { event in
            var count = 0
            let answers = rd_kafka_DescribeConfigs_result_resources(
                rd_kafka_event_DescribeConfigs_result(event), &count)
            for index in 0..<count {
                guard let answer = answers?[index] else { continue }
                let error = rd_kafka_ConfigResource_error(answer)
                if error != RD_KAFKA_RESP_ERR_NO_ERROR { return KafkaFault.make(error, what) }
                Self.read(answer, into: &found)
            }
            return nil
        }
        return found
    }

    private static func read(_ resource: OpaquePointer, into found: inout [String: String]) {
        var count = 0
        let entries = rd_kafka_ConfigResource_configs(resource, &count)
        for index in 0..<count {
            guard let entry = entries?[index], let name = rd_kafka_ConfigEntry_name(entry),
                let value = rd_kafka_ConfigEntry_value(entry)
            else { continue }
            found[String(cString: name)] = String(cString: value)
        }
    }
}
