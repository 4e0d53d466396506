import CommandKit
import FreshetCore
import Simulator
import Synchronization

/// `freshet simulate --defences`: each race without the defence that closes it, and with it.
enum DefenceTrials {
    /// Schedules with all defences, at least, for each race.
    private static let least = 100

    static func run(_ seed: UInt64, _ bound: Int, _ jobs: Int, _ invocation: Invocation) async -> ExitCode {
        let counter = Counter()
        let trials = await withTaskGroup(of: [(Int, Race.Trial)].self) { group in
            for _ in 0..<jobs {
                group.addTask {
                    var done: [(Int, Race.Trial)] = []
                    while let index = counter.next(), !invocation.stop.isRequested {
                        let trial = Race.all[index].trial(seed: seed, bound: bound, least: min(least, bound)) {
                            !invocation.stop.isRequested
                        }
                        done.append((index, trial))
                    }
                    return done
                }
            }
            return await group.reduce(into: [Int: Race.Trial]()) { all, done in
                for (index, trial) in done { all[index] = trial }
            }
        }
        let played = trials.sorted { $0.key < $1.key }.map(\.value)
        show(played, invocation)
        return played.count == Race.all.count && played.allSatisfy(\.isFine) ? .fine : .found
    }

    /// Which race is next; whoever is done with one takes another.
    private final class Counter: Sendable {
        private let taken = Mutex(0)

        func next() -> Int? {
            taken.withLock { taken in
                guard taken < Race.all.count else { return nil }
                defer { taken += 1 }
                return taken
            }
        }
    }

    private static func show(_ trials: [Race.Trial], _ invocation: Invocation) {
        let table = Table(
            [.init("race"), .init("defence"), .init("without it"), .init("with all")],
            rows: trials.map { [$0.race.name, $0.race.defenceName ?? "several", without($0), with($0)] })
        invocation.show(table, json: .array(trials.map(json)))
    }

    private static func without(_ trial: Race.Trial) -> String {
        guard trial.race.defence != nil else { return "" }
        return trial.broken == nil
            ? "NOT NEEDED in \(trial.undefended) schedules" : "broken by schedule \(trial.undefended)"
    }

    private static func with(_ trial: Race.Trial) -> String {
        if let failure = trial.failure { return "BROKEN: seed \(failure.seed), \(failure.violations.first ?? "")" }
        return "\(trial.defended) hold"
    }

    private static func json(_ trial: Race.Trial) -> JSON {
        .object([
            ("race", .string(trial.race.name)),
            ("defence", trial.race.defenceName.map { .string($0) } ?? .null),
            ("undefended", .int(Int64(trial.undefended))),
            ("broken", trial.broken.map { .string($0.violations.first ?? "") } ?? .null),
            ("defended", .int(Int64(trial.defended))),
            ("failure", trial.failure.map { .string($0.violations.first ?? "") } ?? .null),
        ])
    }
}
