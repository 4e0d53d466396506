import Foundation
import Synchronization

/// What the machine that runs the tests offers, and what to do where something is missing.
///
/// A suite that can't run is skipped with one line that says why; with `FRESHET_TEST_REQUIRE_ALL=1` (as in CI) it runs
/// all the same, and fails.
package enum TestEnvironment {
    /// Ends a test that can't run although everything is required.
    package struct Missing: Error, CustomStringConvertible {
        package var description: String
    }

    package static let requiresAll = variable("FRESHET_TEST_REQUIRE_ALL") == "1"

    /// Tests that measure print numbers and judge none: they run where they are asked for, and where nothing is
    /// skipped.
    package static let measures = requiresAll || variable("FRESHET_TEST_SPEED") == "1"

    /// A folder with `kafka-up` and `kafka-down`, which start and stop a real Apache Kafka.
    package static let kafkaKit = variable("FRESHET_TEST_KAFKA_KIT")
    /// Any distribution of Apache Kafka.
    package static let kafkaHome = variable("KAFKA_HOME")
    /// A broker that is already running.
    package static let kafkaBootstrap = variable("FRESHET_TEST_KAFKA_BOOTSTRAP")

    /// The folder of the package.
    package static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().path

    /// The binary that was built with the tests.
    package static let binary = variable("FRESHET_TEST_BINARY") ?? "\(root)/.build/debug/freshet"

    private static let said = Mutex<Set<String>>([])

    package static func variable(_ name: String) -> String? {
        let value = ProcessInfo.processInfo.environment[name]
        return value?.isEmpty == true ? nil : value
    }

    /// For a suite's trait: `@Suite(.enabled(if: TestEnvironment.canRun("RealKafka", "no Kafka kit", kit != nil)))`.
    package static func canRun(_ suite: String, otherwise reason: String, when isPossible: Bool) -> Bool {
        if isPossible || requiresAll { return true }
        say(suite, reason)
        return false
    }

    /// For the inside of a test: `return try TestEnvironment.skip("RealKafka", "no Kafka kit")`.
    package static func skip(_ suite: String, _ reason: String) throws(Missing) {
        if requiresAll { throw Missing(description: "\(suite) can't run: \(reason)") }
        say(suite, reason)
    }

    private static func say(_ suite: String, _ reason: String) {
        let isNew = said.withLock { $0.insert("\(suite): \(reason)").inserted }
        if isNew { FileHandle.standardError.write(Data("Skipped \(suite): \(reason)\n".utf8)) }
    }
}
