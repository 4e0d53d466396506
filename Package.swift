// swift-tools-version: 6.2
import PackageDescription

/// Warnings stop the build in CI; a developer in the middle of a change may still compile.
let strict: [SwiftSetting] =
    Context.environment["CI"] == nil ? [] : [.treatAllWarnings(as: .error)]

/// The import table of the architecture. `Tests/SourceTests` holds the sources to it.
func library(_ name: String, _ dependencies: [Target.Dependency] = [], resources: [Resource]? = nil) -> Target {
    .target(name: name, dependencies: dependencies, resources: resources, swiftSettings: strict)
}

func tests(_ name: String, _ dependencies: [Target.Dependency], exclude: [String] = []) -> Target {
    .testTarget(name: name, dependencies: dependencies, exclude: exclude, swiftSettings: strict)
}

let package = Package(
    name: "freshet",
    products: [.executable(name: "freshet", targets: ["freshet"])],
    targets: [
        .systemLibrary(name: "CRdkafka"),
        .systemLibrary(name: "CHiredis"),
        .systemLibrary(name: "CLibpq"),
        .systemLibrary(name: "CLibyaml"),

        library("FreshetCore"),
        library("Telemetry"),
        // Starts Redis and PostgreSQL on free loopback ports in a folder of their own: for `freshet dev` and the tests.
        library("LocalServers"),
        library("FreshetEvents", ["FreshetCore"]),
        library("FreshetConfig", ["FreshetCore", "CLibyaml"]),
        library("KafkaLink", ["FreshetCore", "CRdkafka"]),
        library("RedisLink", ["FreshetCore", "CHiredis"], resources: [.embedInCode("Scripts")]),
        library("PostgresLink", ["FreshetCore", "CLibpq"]),
        library("FreshetWorker", ["FreshetCore", "Telemetry"]),
        library("Simulator", ["FreshetCore", "FreshetWorker", "Telemetry"]),
        // Commands as values; what they print and how they end.
        library("CommandKit", ["FreshetCore", "FreshetConfig", "Telemetry"]),
        // The real parts into the worker.
        library(
            "Wiring",
            [
                "FreshetCore", "Telemetry", "FreshetEvents", "FreshetConfig", "KafkaLink", "RedisLink", "PostgresLink",
                "FreshetWorker", "CommandKit",
            ]),
        // The sample league, played live: `freshet dev`.
        library(
            "DevLeague",
            [
                "FreshetCore", "Telemetry", "FreshetConfig", "KafkaLink", "RedisLink", "PostgresLink", "FreshetWorker",
                "LocalServers", "CommandKit", "Wiring",
            ]),
        // Real servers that break under running workers: `freshet chaos`.
        library(
            "Chaos",
            [
                "FreshetCore", "Telemetry", "FreshetConfig", "KafkaLink", "RedisLink", "PostgresLink", "LocalServers",
                "CommandKit", "DevLeague",
            ]),
        // The product against the limits of its parts: `freshet bench`.
        library(
            "Bench",
            [
                "FreshetCore", "FreshetEvents", "FreshetConfig", "KafkaLink", "RedisLink", "PostgresLink",
                "LocalServers", "CommandKit", "Wiring", "DevLeague",
            ]),
        .executableTarget(
            name: "freshet",
            dependencies: [
                "FreshetCore", "Telemetry", "FreshetEvents", "FreshetConfig", "KafkaLink", "RedisLink", "PostgresLink",
                "FreshetWorker", "Simulator", "LocalServers", "CommandKit", "Wiring", "DevLeague", "Chaos",
                "Bench",
            ],
            swiftSettings: strict),

        // Starts real servers on free loopback ports for the tests; stops them by process id.
        .target(
            name: "TestServers", dependencies: ["CRdkafka", "KafkaLink", "LocalServers"], path: "Tests/TestServers",
            swiftSettings: strict),
        tests("SourceTests", []),
        tests("FreshetCoreTests", ["FreshetCore"]),
        tests("TelemetryTests", ["Telemetry"]),
        tests("FreshetEventsTests", ["FreshetCore", "FreshetEvents"], exclude: ["Fixtures"]),
        tests("FreshetConfigTests", ["FreshetCore", "FreshetConfig"]),
        tests("KafkaLinkTests", ["FreshetCore", "KafkaLink", "TestServers"]),
        tests("RedisLinkTests", ["FreshetCore", "RedisLink", "Simulator", "TestServers"]),
        tests("PostgresLinkTests", ["FreshetCore", "PostgresLink", "TestServers"]),
        tests("FreshetWorkerTests", ["FreshetCore", "FreshetWorker", "Telemetry"]),
        tests("SimulatorTests", ["FreshetCore", "FreshetWorker", "Simulator", "Telemetry"]),
        tests(
            "CommandTests",
            [
                "freshet", "CommandKit", "Wiring", "DevLeague", "FreshetCore", "FreshetWorker", "Telemetry",
                "TestServers",
            ]),
        tests("BenchTests", ["Bench", "CommandKit"]),
        tests("ChaosTests", ["Chaos", "FreshetCore", "RedisLink", "LocalServers"]),
        tests(
            "IntegrationTests",
            [
                "freshet", "CommandKit", "Wiring", "DevLeague", "FreshetCore", "FreshetConfig", "FreshetEvents",
                "FreshetWorker", "KafkaLink", "RedisLink", "PostgresLink", "LocalServers", "Telemetry", "TestServers",
            ]),
    ]
)
