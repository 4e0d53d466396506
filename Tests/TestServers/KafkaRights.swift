import CRdkafka
import LocalServers

/// Access control lists of a real Kafka that has an authorizer and lets everybody do what no list speaks of.
package final class KafkaRights {
    /// What a broker needs for that.
    package static let settings = [
        "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
        "allow.everyone.if.no.acl.found": "true",
    ]

    package enum Resource {
        case topic(String)
        case group(String)
    }

    package enum Right {
        case read
        case write
        case describe
    }

    private let handle: OpaquePointer
    private let queue: OpaquePointer

    package init(_ bootstrap: String) throws(ServerFailure) {
        let configuration = rd_kafka_conf_new()
        var words = [CChar](repeating: 0, count: 512)
        rd_kafka_conf_set(configuration, "bootstrap.servers", bootstrap, &words, words.count)
        guard let handle = rd_kafka_new(RD_KAFKA_PRODUCER, configuration, &words, words.count),
            let queue = rd_kafka_queue_new(handle)
        else { throw ServerFailure("no client for \(bootstrap)") }
        self.handle = handle
        self.queue = queue
    }

    deinit {
        rd_kafka_queue_destroy(queue)
        rd_kafka_destroy(handle)
    }

    /// Nothing but these may be done to it from now on.
    package func leave(_ rights: [Right], on resource: Resource) throws(ServerFailure) {
        let (type, name) = Self.parts(resource)
        var words = [CChar](repeating: 0, count: 512)
        for right in rights {
            let operation =
                switch right {
                case .read: RD_KAFKA_ACL_OPERATION_READ
                case .write: RD_KAFKA_ACL_OPERATION_WRITE
                case .describe: RD_KAFKA_ACL_OPERATION_DESCRIBE
                }
            var binding: [OpaquePointer?] = [
                rd_kafka_AclBinding_new(
                    type, name, RD_KAFKA_RESOURCE_PATTERN_LITERAL, "User:ANONYMOUS", "*", operation,
                    RD_KAFKA_ACL_PERMISSION_TYPE_ALLOW, &words, words.count)
            ]
            rd_kafka_CreateAcls(handle, &binding, 1, nil, queue)
            defer { rd_kafka_AclBinding_destroy(binding[0]) }
            try answer(RD_KAFKA_EVENT_CREATEACLS_RESULT)
        }
    }

    /// Everything may be done to it again.
    package func restore(_ resource: Resource) throws(ServerFailure) {
        let (type, name) = Self.parts(resource)
        var words = [CChar](repeating: 0, count: 512)
        var filter: [OpaquePointer?] = [
            rd_kafka_AclBindingFilter_new(
                type, name, RD_KAFKA_RESOURCE_PATTERN_LITERAL, nil, nil, RD_KAFKA_ACL_OPERATION_ANY,
                RD_KAFKA_ACL_PERMISSION_TYPE_ANY, &words, words.count)
        ]
        defer { rd_kafka_AclBinding_destroy(filter[0]) }
        rd_kafka_DeleteAcls(handle, &filter, 1, nil, queue)
        try answer(RD_KAFKA_EVENT_DELETEACLS_RESULT)
    }

    private func answer(_ type: Int32) throws(ServerFailure) {
        for _ in 0..<30 {
            guard let event = rd_kafka_queue_poll(queue, 1_000) else { continue }
            defer { rd_kafka_event_destroy(event) }
            guard rd_kafka_event_type(event) == type else { continue }
            let error = rd_kafka_event_error(event)
            guard error == RD_KAFKA_RESP_ERR_NO_ERROR else {
                throw ServerFailure(String(cString: rd_kafka_err2str(error)))
            }
            return
        }
        throw ServerFailure("the broker doesn't answer")
    }

    private static func parts(_ resource: Resource) -> (rd_kafka_ResourceType_t, String) {
        switch resource {
        case .topic(let name): (RD_KAFKA_RESOURCE_TOPIC, name)
        case .group(let name): (RD_KAFKA_RESOURCE_GROUP, name)
        }
    }
}
