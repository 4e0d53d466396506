import CommandKit
import FreshetCore
import Simulator
import Synchronization

import class Foundation.ProcessInfo

/// `freshet simulate`: plays seeded schedules of faults against the worker's own logic.
enum SimulateCommand {
    static let command = Command(
        "simulate",
        summary: "plays seeded schedules of faults against the worker's logic",
        discussion: """
            Runs the real lanes, coordinator and recovery against an in-memory Kafka, PostgreSQL and Redis (whose \
            rules are those of the scripts), with one seeded source of order. After each schedule no cached value may \
            differ from its read model, every record must be accounted for, and everything must have come to rest. A \
            failure prints its seed and a trace; the same seed plays it again exactly.

            Faults: \(SimFault.allCases.map(\.rawValue).joined(separator: ", ")). \
            Defences that can be switched off, to see that they are needed: \
            \(Defences.named.map(\.name).joined(separator: ", ")).

            --defences plays each race of the architecture's list twice, in schedules that bring it about often: \
            without the defence that closes it, until a promise is broken, and with it. A defence without which \
            nothing breaks, or a race that breaks with all of them, is found (exit code 1).
            """,
        common: [.output],
        options: [
            .init("seed", .integer(0...Int64.max), fallback: "1", "the first schedule's seed; the others follow it"),
            .init(
                "schedules", .integer(1...1_000_000_000), fallback: "2000",
                "how many schedules to play; of each race at most with --defences"),
            .init("faults", .text("LIST"), fallback: "all", "names separated by commas, or all, or none"),
            .init("without", .text("LIST"), "defences to switch off, separated by commas"),
            .init("defences", .flag, "show for each race that its defence is needed, and that it holds"),
            .init("jobs", .integer(1...64), "schedules played at the same time; one for each core if not given"),
            .init("trace", .flag, "print the trace also of schedules that went well"),
        ],
        examples: [
            .init("freshet simulate --schedules 20000", "what the tests play"),
            .init("freshet simulate --seed 4711 --schedules 1 --trace", "one schedule, event by event"),
            .init("freshet simulate --without fence", "what happens without fences"),
            .init("freshet simulate --defences", "each race with its defence and without"),
        ],
        run: run)

    private static func run(_ invocation: Invocation) async throws -> ExitCode {
        let faults = try faults(invocation.text("faults") ?? "all")
        let defences = try defences(invocation.text("without"))
        let seed = UInt64(invocation.integer("seed") ?? 1)
        let count = Int(invocation.integer("schedules") ?? 2000)
        let cores = Int64(ProcessInfo.processInfo.activeProcessorCount)
        let jobs = min(Int(invocation.integer("jobs") ?? min(64, cores)), count)
        if invocation.flag("defences") { return await DefenceTrials.run(seed, count, jobs, invocation) }
        if count == 1 && invocation.flag("trace") {
            return show(
                Schedule.play(SchedulePlan(seed: seed, faults: faults, defences: defences, traces: true)), invocation)
        }
        let watch = Watch(
            progress: Progress("simulate", total: Int64(count), unit: "schedules", on: invocation.console.err),
            stop: invocation.stop)
        let reports = await withTaskGroup(of: Simulation.Report.self) { group in
            for job in 0..<jobs {
                let share = count / jobs + (job < count % jobs ? 1 : 0)
                let first = seed &+ UInt64(job * (count / jobs) + min(job, count % jobs))
                group.addTask {
                    Simulation.run(seed: first, count: share, faults: faults, defences: defences) {
                        watch.goesOn(after: $0)
                    }
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        watch.finish()
        return conclude(reports, faults, defences, invocation)
    }

    private static func conclude(
        _ reports: [Simulation.Report], _ faults: Set<SimFault>, _ defences: Defences, _ invocation: Invocation
    ) -> ExitCode {
        let played = reports.reduce(0) { $0 + $1.played }
        let broken = reports.flatMap(\.broken).sorted { $0.seed < $1.seed }
        if let first = broken.first {
            let again = Schedule.play(
                SchedulePlan(seed: first.seed, faults: faults, defences: defences, traces: true))
            invocation.console.err.write(again.trace.joined(separator: "\n") + "\n")
        }
        invocation.show(
            Table(
                [.init("seed"), .init("what is broken")],
                rows: broken.flatMap { result in result.violations.map { ["\(result.seed)", $0] } }
                    + [["\(played) played", broken.isEmpty ? "nothing" : "\(broken.count) schedules"]]),
            json: .object([
                ("played", .int(Int64(played))),
                (
                    "broken",
                    .array(
                        broken.map { result in
                            .object([
                                ("seed", .string("\(result.seed)")),
                                ("violations", .array(result.violations.map { .string($0) })),
                            ])
                        })
                ),
            ]))
        return broken.isEmpty ? .fine : .found
    }

    private static func show(_ result: ScheduleResult, _ invocation: Invocation) -> ExitCode {
        invocation.console.print(result.trace.joined(separator: "\n"))
        invocation.console.print(
            "seed \(result.seed): "
                + (result.violations.isEmpty ? "nothing broken" : result.violations.joined(separator: "; "))
                + ", \(result.steps) steps, \(result.virtualMilliseconds) ms of virtual time")
        return result.violations.isEmpty ? .fine : .found
    }

    private static func faults(_ list: String) throws(CommandFailure) -> Set<SimFault> {
        if list == "all" { return Set(SimFault.allCases) }
        if list == "none" { return [] }
        var faults: Set<SimFault> = []
        for name in list.split(separator: ",") {
            guard let fault = SimFault(rawValue: String(name)) else {
                throw CommandFailure(
                    .usage,
                    "--faults: '\(name)' is no fault; there are "
                        + "\(SimFault.allCases.map(\.rawValue).joined(separator: ", ")).")
            }
            faults.insert(fault)
        }
        return faults
    }

    private static func defences(_ list: String?) throws(CommandFailure) -> Defences {
        var defences = Defences.all
        for name in list?.split(separator: ",") ?? [] {
            guard let named = Defences.named.first(where: { $0.name == name }) else {
                throw CommandFailure(
                    .usage,
                    "--without: '\(name)' is no defence; there are "
                        + "\(Defences.named.map(\.name).joined(separator: ", ")).")
            }
            defences.remove(named.defence)
        }
        return defences
    }
}

/// What the threads that play have in common.
private final class Watch: Sendable {
    private struct State {
        var progress: Progress
        var isOver = false
    }

    private let state: Mutex<State>
    private let stop: Stop

    init(progress: sending Progress, stop: Stop) {
        state = Mutex(State(progress: progress))
        self.stop = stop
    }

    func goesOn(after report: Simulation.Report) -> Bool {
        state.withLock { state in
            if report.broken.count >= 3 { state.isOver = true }
            state.progress.advance(by: 1)
            return !state.isOver && !stop.isRequested
        }
    }

    func finish() { state.withLock { $0.progress.finish() } }
}
