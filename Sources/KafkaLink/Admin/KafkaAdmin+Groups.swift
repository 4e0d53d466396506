import CRdkafka
import FreshetCore

/// Consumer groups from outside. The mock answers none of these but the offsets.
extension KafkaAdmin {
    /// The names of all groups.
    package func groups() throws(Fault) -> [String] {
        var names: [String] = []
        try ask("list groups", RD_KAFKA_ADMIN_OP_LISTCONSUMERGROUPS) { options, queue in
            rd_kafka_ListConsumerGroups(handle.pointer, options, queue)
        } read: { event in
            let result = rd_kafka_event_ListConsumerGroups_result(event)
            var count = 0
            let errors = rd_kafka_ListConsumerGroups_result_errors(result, &count)
            if count > 0, let error = errors?[0] {
                let words = rd_kafka_error_string(error).map { String(cString: $0) }
                return KafkaFault.make(rd_kafka_error_code(error), "list groups", detail: words)
            }
            let listed = rd_kafka_ListConsumerGroups_result_valid(result, &count)
            for index in 0..<count {
                if let name = rd_kafka_ConsumerGroupListing_group_id(listed?[index]) {
                    names.append(String(cString: name))
                }
            }
            return nil
        }
        return names.sorted()
    }

    /// A group that doesn't exist is described as `Dead`, without members.
    package func describe(group: String) throws(Fault) -> KafkaGroupDescription {
        var description: KafkaGroupDescription?
        try group.withCString { name in
            var names: [UnsafePointer<CChar>?] = [name]
            return Result { () throws(Fault) in
                try ask("describe group \(group)", RD_KAFKA_ADMIN_OP_DESCRIBECONSUMERGROUPS) { options, queue in
                    rd_kafka_DescribeConsumerGroups(handle.pointer, &names, 1, options, queue)
                } read: { event in
                    var count = 0
                    let groups = rd_kafka_DescribeConsumerGroups_result_groups(
                        rd_kafka_event_DescribeConsumerGroups_result(event), &count)
                    guard count > 0, let found = groups?[0] else { return nil }
                    if let error = rd_kafka_ConsumerGroupDescription_error(found) {
                        let words = rd_kafka_error_string(error).map { String(cString: $0) }
                        return KafkaFault.make(rd_kafka_error_code(error), "describe group \(group)", detail: words)
                    }
                    description = Self.read(found)
                    return nil
                }
            }
        }.get()
        guard let description else { throw KafkaFault.make(RD_KAFKA_RESP_ERR__FAIL, "describe group \(group)") }
        return description
    }

    private static func read(_ group: OpaquePointer) -> KafkaGroupDescription {
        func text(_ pointer: UnsafePointer<CChar>?) -> String { pointer.map { String(cString: $0) } ?? "" }
        let members = (0..<rd_kafka_ConsumerGroupDescription_member_count(group)).map { index in
            let member = rd_kafka_ConsumerGroupDescription_member(group, index)
            let assignment = rd_kafka_MemberDescription_assignment(member)
            return KafkaGroupDescription.Member(
                id: text(rd_kafka_MemberDescription_consumer_id(member)),
                clientID: text(rd_kafka_MemberDescription_client_id(member)),
                instanceID: rd_kafka_MemberDescription_group_instance_id(member).map { String(cString: $0) },
                host: text(rd_kafka_MemberDescription_host(member)),
                partitions: PartitionList.elements(rd_kafka_MemberAssignment_partitions(assignment)).map(\.partition))
        }
        let node = rd_kafka_ConsumerGroupDescription_coordinator(group)
        return KafkaGroupDescription(
            name: text(rd_kafka_ConsumerGroupDescription_group_id(group)),
            state: text(rd_kafka_consumer_group_state_name(rd_kafka_ConsumerGroupDescription_state(group))),
            assignor: text(rd_kafka_ConsumerGroupDescription_partition_assignor(group)),
            coordinator: node.map { node in
                .init(
                    id: rd_kafka_Node_id(node), host: text(rd_kafka_Node_host(node)),
                    port: Int(rd_kafka_Node_port(node)))
            },
            members: members)
    }

    /// Committed offsets of any group; absent where there is none.
    package func committed(group: String, _ partitions: [Partition]) throws(Fault) -> [Partition: Int64] {
        guard !partitions.isEmpty else { return [:] }
        let list = PartitionList(partitions)
        var orders: [OpaquePointer?] = [rd_kafka_ListConsumerGroupOffsets_new(group, list.pointer)]
        defer { rd_kafka_ListConsumerGroupOffsets_destroy_array(&orders, 1) }
        let what = "committed offsets of group \(group)"
        var offsets: [Partition: Int64] = [:]
        try ask(what, RD_KAFKA_ADMIN_OP_LISTCONSUMERGROUPOFFSETS) { options, queue in
            rd_kafka_ListConsumerGroupOffsets(handle.pointer, &orders, 1, options, queue)
        } read: { event in
            var count = 0
            let groups = rd_kafka_ListConsumerGroupOffsets_result_groups(
                rd_kafka_event_ListConsumerGroupOffsets_result(event), &count)
            return Self.read(groups, count, what) { element in
                if element.offset >= 0 { offsets[element.partition] = element.offset }
            }
        }
        return offsets
    }

    /// Sets committed offsets from outside; the brokers refuse it while the group has members.
    package func setCommitted(group: String, _ offsets: [Partition: Int64]) throws(Fault) {
        guard !offsets.isEmpty else { return }
        let list = PartitionList(offsets)
        var orders: [OpaquePointer?] = [rd_kafka_AlterConsumerGroupOffsets_new(group, list.pointer)]
        defer { rd_kafka_AlterConsumerGroupOffsets_destroy_array(&orders, 1) }
        let what = "set offsets of group \(group)"
        try ask(what, RD_KAFKA_ADMIN_OP_ALTERCONSUMERGROUPOFFSETS) { options, queue in
            rd_kafka_AlterConsumerGroupOffsets(handle.pointer, &orders, 1, options, queue)
        } read: { event in
            var count = 0
            let groups = rd_kafka_AlterConsumerGroupOffsets_result_groups(
                rd_kafka_event_AlterConsumerGroupOffsets_result(event), &count)
            return Self.read(groups, count, what) { _ in }
        }
    }

    /// The brokers refuse it while the group has members.
    package func delete(group: String) throws(Fault) {
        var orders: [OpaquePointer?] = [rd_kafka_DeleteGroup_new(group)]
        defer { rd_kafka_DeleteGroup_destroy_array(&orders, 1) }
        let what = "delete group \(group)"
        try ask(what, RD_KAFKA_ADMIN_OP_DELETEGROUPS) { options, queue in
            rd_kafka_DeleteGroups(handle.pointer, &orders, 1, options, queue)
        } read: { event in
            var count = 0
            let groups = rd_kafka_DeleteGroups_result_groups(rd_kafka_event_DeleteGroups_result(event), &count)
            guard count > 0, let error = rd_kafka_group_result_error(groups?[0]) else { return nil }
            let words = rd_kafka_error_string(error).map { String(cString: $0) }
            return KafkaFault.make(rd_kafka_error_code(error), what, detail: words)
        }
    }

    private static func read(
        _ groups: UnsafeMutablePointer<OpaquePointer?>?, _ count: Int, _ what: String,
        each: (PartitionList.Element) -> Void
    ) -> Fault? {
        for index in 0..<count {
            if let error = rd_kafka_group_result_error(groups?[index]) {
                let words = rd_kafka_error_string(error).map { String(cString: $0) }
                return KafkaFault.make(rd_kafka_error_code(error), what, detail: words)
            }
            let elements = PartitionList.elements(rd_kafka_group_result_partitions(groups?[index]))
            if let fault = failure(elements, what) { return fault }
            for element in elements { each(element) }
        }
        return nil
    }
}
