import FreshetCore

/// Plays many schedules and keeps the ones that broke a promise.
package struct Simulation {
    package struct Report: Sendable {
        package var played = 0
        package var steps = 0
        package var broken: [ScheduleResult] = []
    }

    /// Plays `count` schedules from `seed` on. `progress` is told after each; it answers whether to go on.
    package static func run(
        seed: UInt64, count: Int, faults: Set<SimFault>, defences: Defences = .all, keeping: Int = 3,
        progress: (Report) -> Bool = { _ in true }
    ) -> Report {
        var report = Report()
        for number in 0..<count {
            let result = Schedule.play(
                SchedulePlan(seed: seed &+ UInt64(number), faults: faults, defences: defences))
            report.played += 1
            report.steps += result.steps
            if !result.violations.isEmpty {
                report.broken.append(result)
                if report.broken.count >= keeping { break }
            }
            if !progress(report) { break }
        }
        return report
    }
}
