import CommandKit
import FreshetConfig
import Wiring

/// `freshet doctor`
enum DoctorCommand {
    static let command = Command(
        "doctor",
        summary: "checks every dependency, right, version and setting, and says what to do",
        discussion: """
            Looks at Redis (version, role, memory, eviction, persistence, rights, control record), PostgreSQL \
            (version, role, connections, rights on each read model, indexes, statistics), Kafka (topics, their \
            retention against `doctor.longest-outage`, dead-letter and retry topics, group), the clocks of all of \
            them, and the bounds on memory. It changes nothing. A server that doesn't answer is a finding, and the \
            others are looked at all the same.

            Ends with 0 where all is well, 1 with findings, 2 where the configuration is wrong, 3 where a server can't \
            be reached.
            """,
        options: [
            CommandOption(
                "fail-on", .choice(["warning", "error"]), fallback: "warning", "the least finding that ends with 1"),
            CommandOption("bounds", .flag, "list every bound with its value, too"),
        ],
        examples: [
            .init("freshet doctor --config freshet.yaml", "before the first worker, and after every change"),
            .init("freshet doctor --fail-on error --output json", "for a pipeline"),
        ],
        run: run)

    private static func run(_ invocation: Invocation) async throws -> ExitCode {
        let deployment = try Deployment(invocation)
        let config = try ConfigLoader.load(file: invocation.text("config"), environment: invocation.environment).get()
        var report = try await LaneThread.run("doctor") { await examine(deployment) }
        report.bounds = config.effective.rows.filter { SettingTable.byPath[$0.setting].map(isBound) ?? false }
        report.showsBounds = invocation.flag("bounds")
        switch invocation.output {
        case .table: invocation.console.print(report.text)
        case .json: invocation.console.print(report.json.render(indented: true))
        }
        return report.code(strict: invocation.text("fail-on") != "error")
    }

    private static func examine(_ deployment: Deployment) async -> DoctorReport {
        let machine = MachineDoctor(deployment: deployment)
        let redis = await RedisDoctor(deployment: deployment).run()
        let postgres = await PostgresDoctor(deployment: deployment).run()
        let (kafka, partitions) = KafkaDoctor(deployment: deployment).run()
        let found = [redis, postgres, kafka]
        return DoctorReport(
            checks: machine.settings() + found.flatMap(\.checks) + machine.clocks(found.flatMap(\.clocks))
                + [machine.memory(partitions: partitions)],
            isAway: found.contains(where: \.isAway))
    }

    private static func isBound(_ spec: SettingSpec) -> Bool {
        switch spec.form {
        case .integer: spec.name != "port" && spec.name != "database"
        case .duration, .size, .percent: true
        default: false
        }
    }
}
