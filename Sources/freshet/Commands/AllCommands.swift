import CommandKit

/// The whole tree. A new command adds its line here.
enum AllCommands {
    static let root = Command(
        "freshet",
        summary: "keeps a Redis cache true to PostgreSQL read models, from domain events in Kafka",
        examples: [
            .init("freshet dev", "the whole thing on this machine, with a sample league"),
            .init("freshet worker --config freshet.yaml", "run a worker"),
            .init("freshet version", "what this is"),
        ],
        subcommands: [
            WorkerCommand.command,
            DevCommand.command,
            InvalidateCommand.command,
            MaintainCommand.command,
            BreakerCommand.command,
            OffsetsCommand.command,
            PurgeCommand.command,
            ReplayCommand.command,
            LagCommand.command,
            BrokerCommand.command,
            ChaosCommand.command,
            ConfigCommand.command,
            DoctorCommand.command,
            DrillCommand.command,
            GraphCommand.command,
            VerifyCommand.command,
            WarmCommand.command,
            DlqCommand.command,
            SimulateCommand.command,
            VersionCommand.command,
        ])
}
