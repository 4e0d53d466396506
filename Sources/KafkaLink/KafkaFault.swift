import CRdkafka
import FreshetCore

/// The one funnel from librdkafka's errors to faults.
enum KafkaFault {
    static func name(_ error: rd_kafka_resp_err_t) -> String {
        rd_kafka_err2name(error).map { String(cString: $0) } ?? "\(error.rawValue)"
    }

    static func make(_ error: rd_kafka_resp_err_t, _ what: String, detail: String? = nil, fatal: Bool = false) -> Fault
    {
        let words = detail ?? rd_kafka_err2str(error).map { String(cString: $0) } ?? ""
        let message = String("\(what): \(words) (\(name(error)))".prefix(500))
        return Fault(.kafka, code(error, fatal: fatal), message)
    }

    /// Consumes an `rd_kafka_error_t`; nil stands for success.
    static func take(_ error: OpaquePointer?, _ what: String) -> Fault? {
        guard let error else { return nil }
        defer { rd_kafka_error_destroy(error) }
        let detail = rd_kafka_error_string(error).map { String(cString: $0) }
        return make(rd_kafka_error_code(error), what, detail: detail, fatal: rd_kafka_error_is_fatal(error) != 0)
    }

    static func check(_ error: rd_kafka_resp_err_t, _ what: @autoclosure () -> String) throws(Fault) {
        if error != RD_KAFKA_RESP_ERR_NO_ERROR { throw make(error, what()) }
    }

    static func timeout(_ what: String, milliseconds: Int) -> Fault {
        Fault(.kafka, .timeout, "\(what): no answer within \(milliseconds) ms")
    }

    private static func code(_ error: rd_kafka_resp_err_t, fatal: Bool) -> Fault.Code {
        if fatal { return .kafka(name: name(error), fatal: true) }
        switch error {
        case RD_KAFKA_RESP_ERR__TIMED_OUT, RD_KAFKA_RESP_ERR__MSG_TIMED_OUT, RD_KAFKA_RESP_ERR__TIMED_OUT_QUEUE:
            return .timeout
        case RD_KAFKA_RESP_ERR__TRANSPORT: return .connectionLost
        case RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN, RD_KAFKA_RESP_ERR__RESOLVE, RD_KAFKA_RESP_ERR__SSL:
            return .cannotConnect
        // A second worker took our static membership: going on would fight with it.
        case RD_KAFKA_RESP_ERR_FENCED_INSTANCE_ID: return .kafka(name: name(error), fatal: true)
        default: return .kafka(name: name(error), fatal: false)
        }
    }
}
