import CommandKit
import Foundation
import FreshetConfig
import Glibc
import KafkaLink
import Wiring

/// `freshet worker`
enum WorkerCommand {
    static let command = Command(
        "worker",
        summary: "keeps the cache true: consumes events, refreshes and invalidates keys",
        discussion: """
            It prints `ready` once partitions are assigned to it, and at its end an account of every record. Log lines \
            go to the error output: text on a terminal, JSON elsewhere.

            SIGTERM and SIGINT end it in good order within `worker.shutdown-timeout`; a second signal ends it at once \
            with code 130. An outage of Redis, PostgreSQL or Kafka is a pause: it resumes by itself.
            """,
        common: [.config],
        options: [
            .init("status-file", .text("FILE"), "keeps this file up to date: ready, paused and why (for probes)")
        ],
        examples: [
            .init("freshet worker --config freshet.yaml", "one worker; start more of them to share the partitions"),
            .init("freshet worker --status-file /run/freshet.json", "with a file for a readiness probe"),
        ],
        run: run)

    private static func run(_ invocation: Invocation) async throws -> ExitCode {
        let deployment = try Deployment(invocation)
        ProcessHeap.bound(threads: deployment.settings.worker.lanes)
        let console = invocation.console
        let status = (invocation.text("status-file") ?? deployment.settings.statusFile).map { StatusFile(path: $0) }
        try status?.check()
        let runtime = WorkerRuntime(
            deployment, log: deployment.log(console), statusFile: status,
            onReady: {
                ProcessPages.giveBack()
                console.print("ready")
            })
        try await runtime.check()
        let bound = deployment.settings.worker.shutdownTimeout
        invocation.stop.onRequest {
            runtime.stop()
            endAnyway(after: bound)
        }
        do {
            try await runtime.run()
        } catch {
            show(runtime.account, on: console)
            throw error
        }
        show(runtime.account, on: console)
        return .fine
    }

    private static func show(_ account: Account, on console: Console) {
        console.print(console.out.isTerminal ? account.table().render() : account.json().render())
    }

    /// Beyond the bound the commits and the leaving of the group have bounds of their own; a library that hangs all
    /// the same must not keep the process.
    private static let graceMilliseconds = 30_000

    private static func endAnyway(after milliseconds: Int) {
        Thread.detachNewThread {
            Thread.sleep(forTimeInterval: Double(milliseconds + graceMilliseconds) / 1000)
            let words = "freshet: the shutdown took longer than its bound; what was in hand is applied again later\n"
            _ = words.withCString { write(2, $0, strlen($0)) }
            _exit(ExitCode.fatal.rawValue)
        }
    }
}
