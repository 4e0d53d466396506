import FreshetCore
import FreshetWorker
import Telemetry

/// What upkeep says, as log lines and counts.
struct UpkeepListener {
    let log: Log

    func heard(_ event: UpkeepEvent, _ count: ((LaneMetrics) -> Void) -> Void) {
        switch event {
        case .decided(let kind, let decision):
            guard let work = decision.work else { return }
            log.info(
                .upkeepDecided,
                [
                    "kind": .string(kind), "work": .string(work.rawValue), "why": .string(decision.why?.rawValue ?? ""),
                ])
        case .done(let kind, let work, let tally):
            count {
                if let label = UpkeepLabel(work) { $0.add(.upkeep(label)) }
                $0.add(.upkeepWritten, tally.written)
                $0.add(.upkeepCompared, tally.compared)
                $0.add(.upkeepWrong, tally.wrong)
            }
            let fields: LogFields = [
                "kind": .string(kind), "work": .string(work.rawValue), "listed": .int(tally.listed),
                "written": .int(tally.written), "compared": .int(tally.compared), "wrong": .int(tally.wrong),
                "removed": .int(tally.removed), "after": .duration(UInt64(tally.milliseconds) * 1_000_000),
            ]
            if tally.wrong > 0 { log.warning(.upkeepDone, fields) } else { log.info(.upkeepDone, fields) }
        case .postponed(let kind):
            log.info(
                .upkeepPostponed,
                [
                    "kind": .string(kind),
                    "why":
                        "the workers have not applied yet what was announced: nothing can be proved of what is cached",
                ])
        case .paused(let fault, let milliseconds):
            log.warning(
                .upkeepPaused,
                [
                    "dependency": .string(fault.dependency.rawValue), "why": .string(fault.message),
                    "retry-in": .duration(UInt64(milliseconds) * 1_000_000),
                ])
        case .resumed: log.info(.upkeepResumed)
        }
    }
}
