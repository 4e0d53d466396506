import FreshetCore
import Testing

struct DispositionTests {
    @Test(arguments: [
        ("22P02", Disposition.reject), ("23505", .reject), ("P0001", .reject), ("21000", .reject), ("44000", .reject),
        ("54001", .reject), ("57014", .retry), ("55P03", .retry), ("40001", .retry), ("40P01", .retry),
        ("42P01", .pause), ("42501", .pause), ("3F000", .pause), ("28P01", .pause), ("53300", .pause),
        ("57P01", .pause),
        ("08006", .pause), ("XX000", .pause), ("25006", .pause), ("26000", .pause), ("", .pause),
    ])
    func postgres(_ state: String, _ expected: Disposition) {
        #expect(Disposition.of(Fault(.postgres, .sqlState(state), "")) == expected)
    }

    @Test(arguments: [
        ("LOADING", Disposition.pause), ("READONLY", .pause), ("OOM", .pause), ("NOPERM", .pause), ("NOAUTH", .pause),
        ("WRONGPASS", .pause), ("MISCONF", .pause), ("CLUSTERDOWN", .pause), ("TRYAGAIN", .pause),
        ("MASTERDOWN", .pause),
        ("NOREPLICAS", .pause), ("BUSY", .pause), ("NOSCRIPT", .pause), ("ERR", .pause), ("WRONGTYPE", .fatal),
        ("CROSSSLOT", .fatal),
    ])
    func redis(_ word: String, _ expected: Disposition) {
        #expect(Disposition.of(Fault(.redis, .redis(word), "")) == expected)
    }

    @Test(arguments: [
        ("MSG_SIZE_TOO_LARGE", false, Disposition.reject), ("INVALID_RECORD", false, .reject),
        ("_ALL_BROKERS_DOWN", false, .pause), ("_TRANSPORT", false, .pause),
        ("NOT_LEADER_FOR_PARTITION", false, .pause),
        ("TOPIC_AUTHORIZATION_FAILED", false, .pause), ("_INVALID_ARG", false, .fatal),
        ("FENCED_INSTANCE_ID", false, .fatal), ("_TRANSPORT", true, .fatal), ("MSG_SIZE_TOO_LARGE", true, .fatal),
    ])
    func kafka(_ name: String, _ fatal: Bool, _ expected: Disposition) {
        #expect(Disposition.of(Fault(.kafka, .kafka(name: name, fatal: fatal), "")) == expected)
    }

    /// An outage is a pause, never a dead letter.
    @Test(arguments: Dependency.allCases)
    func anOutageIsAPause(_ dependency: Dependency) {
        for code in [Fault.Code.cannotConnect, .connectionLost, .timeout, .notPrimary, .protocolViolation] {
            #expect(Disposition.of(Fault(dependency, code, "")) == .pause)
        }
    }
}
