import FreshetCore
import FreshetWorker
import Synchronization
import Telemetry

/// What the worker says, as log lines, counts and the worker's state.
package final class RuntimeListener: WorkerListener {
    package let metrics: Metrics
    package let state: WorkerState
    private let log: Log
    private let lanes: [LaneMetrics]
    /// For what lanes and coordinator say now and then: several write, so they take turns.
    private let common: Mutex<LaneMetrics>
    private let observe: @Sendable (WorkerEvent) -> Void

    package init(
        lanes count: Int, metrics: Metrics, state: WorkerState, log: Log,
        observe: @escaping @Sendable (WorkerEvent) -> Void
    ) {
        self.metrics = metrics
        self.state = state
        self.log = log
        self.observe = observe
        lanes = (0..<count).map { _ in metrics.lane() }
        common = Mutex(metrics.lane())
    }

    package func heard(_ event: WorkerEvent) {
        switch event {
        case .applied(let report): applied(report)
        case .paused(let part, let fault, let milliseconds): paused(part, fault, milliseconds)
        case .resumed(let part, let milliseconds): resumed(part, milliseconds)
        case .rejected(let partition, let offset, let rejection, let traceparent):
            rejected(partition, offset, rejection, traceparent)
        case .deferred(let partition, let offset, let rejection, let traceparent):
            deferred(partition, offset, rejection, traceparent)
        case .decided(let partition, let decision, let start, let skipped):
            decided(partition, decision, start, skipped)
        case .committed(let offsets):
            count { $0.add(.commits(.ok)) }
            state.goesOn("group")
            log.debug(.offsetsCommitted, ["offsets": Self.list(offsets)])
        case .droppedBatch(let records):
            count {
                $0.add(.received, records)
                $0.add(.dropped, records)
            }
        case .breaker(let dependency, let breaker, let isOrdered): turned(dependency, breaker, isOrdered)
        case .ready, .assigned, .revoked: group(event)
        case .upkeep(let event): upkeep.heard(event, count)
        case .swept, .rebuilt, .waitingForRebuild, .remembered, .graphChanged, .displaced, .setBack, .lost, .isolated,
            .full,
            .waitingForVisibility, .fatal:
            rare(event)
        }
        observe(event)
    }

    /// The hot one: on its lane's own counts, no lock but the state's.
    private func applied(_ report: BatchReport) {
        guard lanes.indices.contains(report.lane) else { return }
        let lane = lanes[report.lane]
        lane.add(.received, report.records)
        lane.add(.repeated, report.records - Int(report.counts.total))
        for outcome in Outcome.allCases where report.counts[outcome] > 0 {
            guard let label = OutcomeLabel(outcome) else { continue }
            lane.add(.records(label), Int(report.counts[outcome]))
        }
        if report.counts.deadLettered > 0 { lane.add(.letters(.deadLetter), Int(report.counts.deadLettered)) }
        if report.counts.deferred > 0 { lane.add(.letters(.retry), Int(report.counts.deferred)) }
        lane.add(.keys(.refreshed), report.refreshed)
        lane.add(.keys(.invalidated), report.invalidated)
        lane.add(.keys(.refused), report.refused)
        lane.add(.batches)
        lane.add(.chunks, report.calls)
        lane.observe(.batchRecords, Int64(report.records))
        lane.observe(.batchKeys, Int64(report.refreshed + report.invalidated))
        lane.observe(.batchChunks, Int64(report.calls))
        if report.entities > 0 {
            lane.observe(
                .cascadeKeys, Int64((report.entities + report.reached) / report.entities), times: report.entities)
        }
        lane.observe(.call(.redisTicket), Int64(clamping: report.ticketTime))
        lane.observe(.stage(.read), Int64(clamping: report.readTime))
        lane.observe(.stage(.apply), Int64(clamping: report.applyTime))
        lane.observe(.reaction, (report.applied - report.received) * 1_000_000)
        if report.oldest != .max { lane.observe(.freshness, (report.applied - report.oldest) * 1_000_000) }
        lane.set(.lastAppliedTime, report.applied)
        state.goesOn("lane \(report.lane)")
        log.debug(
            .batchApplied,
            [
                "lane": .int(report.lane), "records": .int(report.records), "entities": .int(report.entities),
                "reached": .int(report.reached), "refreshed": .int(report.refreshed),
                "invalidated": .int(report.invalidated), "ticket": .duration(report.ticketTime),
                "read": .duration(report.readTime), "apply": .duration(report.applyTime),
                // Milliseconds from its oldest record to its receipt, and from there to its end.
                "behind": .int(report.oldest == .max ? 0 : Int(report.received - report.oldest)),
                "reaction": .int(Int(report.applied - report.received)),
            ])
    }

    /// The first one of a pause is said; what follows only repeats it.
    private func paused(_ part: String, _ fault: Fault, _ milliseconds: Int) {
        let dependency = DependencyLabel(fault.dependency)
        let isNew = state.pauses(part, fault)
        count {
            $0.add(.faults(dependency, FaultLabel(fault.code)))
            if isNew { $0.add(.pauses(dependency)) }
        }
        var fields: LogFields = [
            "part": .string(part), "dependency": .string(fault.dependency.rawValue), "why": .string(fault.message),
            "retry-in": .duration(UInt64(milliseconds) * 1_000_000),
        ]
        if let advice = Advice.on(fault) { fields = fields + ["advice": .string(advice)] }
        if isNew { log.warning(.dependencyPaused, fields) } else { log.debug(.dependencyFault, fields) }
    }

    private func turned(_ dependency: Dependency, _ breaker: Breaker.State, _ isOrdered: Bool) {
        let label = DependencyLabel(dependency)
        let fields: LogFields = ["dependency": .string(dependency.rawValue), "ordered": .bool(isOrdered)]
        let part = "breaker of \(dependency.rawValue)"
        count {
            if let to = BreakerLabel(breaker) { $0.add(.breaker(label, to)) }
            $0.set(.breaker(label), breaker == .open ? 2 : breaker == .halfOpen ? 1 : 0)
        }
        switch breaker {
        case .open:
            let why = isOrdered ? "it was opened by hand (freshet breaker)" : "it failed again and again"
            _ = state.pauses(part, Fault(dependency, .connectionLost, "\(why): no calls are made"))
            log.warning(.breakerOpened, fields)
        case .halfOpen: log.info(.breakerHalfOpen, fields)
        case .closed:
            state.goesOn(part)
            log.info(.breakerClosed, fields)
        }
    }

    private func resumed(_ part: String, _ milliseconds: Int64) {
        guard state.goesOn(part) else { return }
        count { $0.observe(.pause, milliseconds * 1_000_000) }
        log.info(
            .dependencyResumed, ["part": .string(part), "after": .duration(UInt64(max(0, milliseconds)) * 1_000_000)])
    }

    private func rejected(
        _ partition: Partition, _ offset: Int64, _ rejection: Rejection, _ traceparent: String?
    ) {
        count { lane in RejectionLabel(rejection.reason).map { lane.add(.rejections($0)) } }
        log.warning(
            .recordRejected,
            [
                "partition": .describing(partition), "offset": .int(offset),
                "class": .string(rejection.reason.rawValue), "why": .string(rejection.message),
            ], traceparent: traceparent)
    }

    private func deferred(
        _ partition: Partition, _ offset: Int64, _ rejection: Rejection, _ traceparent: String?
    ) {
        log.info(
            .recordDeferred,
            [
                "partition": .describing(partition), "offset": .int(offset),
                "class": .string(rejection.reason.rawValue), "why": .string(rejection.message),
            ], traceparent: traceparent)
    }

    private func decided(_ partition: Partition, _ decision: RecoveryDecision, _ start: Int64, _ skipped: Int64) {
        var fields: LogFields = [
            "partition": .describing(partition), "found": .string(decision.found.rawValue),
            "strategy": .string(decision.strategy.rawValue), "start": .int(start),
            "invalidates": .bool(decision.invalidates), "skipped": .int(skipped),
            "ordered": .bool(decision.isOrdered),
        ]
        if let estimate = decision.estimate { fields = fields + Self.fields(estimate) }
        if skipped > 0 { count { $0.add(.skipped, Int(skipped)) } }
        if let found = RecoveryLabel(decision.found), let strategy = StrategyLabel(decision.strategy) {
            count { $0.add(.recoveries(found, strategy)) }
        }
        if decision.found == .none || decision.found == .missing {
            log.info(.recoveryDecided, fields)
        } else {
            log.warning(.recoveryDecided, fields)
        }
    }

    private static func fields(_ estimate: BacklogEstimate) -> LogFields {
        [
            "backlog-records": .int(estimate.records), "records-per-second": .int(estimate.recordsPerSecond),
            "rate": .string(estimate.isMeasured ? "measured" : "assumed"),
            "backlog-time": .duration(UInt64(estimate.backlogSeconds * 1e9)), "read-model-rows": .int(estimate.rows),
            "rows-per-second": .int(estimate.rowsPerSecond),
            "rebuild-time": .duration(UInt64(estimate.rebuildSeconds * 1e9)),
        ]
    }

    private var upkeep: UpkeepListener { UpkeepListener(log: log) }

    private func count(_ body: (LaneMetrics) -> Void) { common.withLock { body($0) } }

    private static func list(_ offsets: [Partition: Int64]) -> LogValue {
        .strings(offsets.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" })
    }
}

extension RuntimeListener {
    private func group(_ event: WorkerEvent) {
        switch event {
        case .ready(let partitions):
            state.isReady(partitions: partitions)
        case .assigned(let partitions):
            let total = state.assigned(partitions)
            count {
                $0.add(.rebalances(.assigned))
                $0.set(.assignedPartitions, Int64(total))
            }
            log.info(.partitionsAssigned, ["partitions": .strings(partitions.map(\.description))])
        case .revoked(let partitions, let lost):
            let total = state.revoked(partitions)
            count {
                $0.add(.rebalances(lost ? .lost : .revoked))
                $0.set(.assignedPartitions, Int64(total))
            }
            log.info(
                lost ? .partitionsLost : .partitionsRevoked, ["partitions": .strings(partitions.map(\.description))])
        default: break
        }
    }

    /// Another graph's workers have their turn.
    func waitsForTurn(_ holder: String) {
        log.warning(
            .graphWaiting,
            [
                "graph": .string(holder),
                "why": "workers with another graph file are at work: this one stands by until none of them is left",
            ])
    }

    private func rare(_ event: WorkerEvent) {
        switch event {
        case .swept(let patterns, let keys):
            count { $0.add(.wholeKinds, patterns) }
            log.info(.kindInvalidated, ["patterns": .int(patterns), "keys": .int(keys)])
        case .rebuilt(let found, let partitions, let milliseconds):
            count {
                $0.add(.rebuilds)
                $0.observe(.rebuild, milliseconds * 1_000_000)
            }
            log.info(
                .rebuildFinished,
                [
                    "found": .strings(found.map(\.rawValue)), "partitions": .int(partitions),
                    "after": .duration(UInt64(max(0, milliseconds)) * 1_000_000),
                ])
        case .waitingForRebuild(let holder):
            log.info(.rebuildWaiting, ["worker": .string(holder)])
        case .remembered(let edge, let children, let keys):
            log.info(.memoryStreamed, ["edge": .string(edge), "children": .int(children), "invalidated": .int(keys)])
        case .graphChanged(let kinds, let keys):
            count { $0.add(.wholeKinds, kinds.count) }
            log.warning(.graphChanged, ["kinds": .strings(kinds), "invalidated": .int(keys)])
        case .displaced(let holder): waitsForTurn(holder)
        case .setBack(let history, let from, let to):
            log.warning(
                .historyChanged,
                [
                    "history": .describing(history), "seen": .describing(from), "position": .describing(to),
                    "why": .string("PostgreSQL was set back: everything is invalidated"),
                ])
        case .lost(let lane, let refusal):
            count { $0.add(.applyReplies(refusal.label)) }
            log.warning(.applyRefused, ["lane": .int(lane), "reason": .string(refusal.word)])
        case .isolated(let statement, let entities, let fault):
            log.warning(
                .keysRefused,
                ["statement": .string(statement), "entities": .int(entities), "why": .string(fault.message)])
        case .full(let lane, let fault):
            log.warning(
                .cacheFull,
                [
                    "lane": .int(lane), "why": .string(fault.message), "advice": .string(Advice.on(fault) ?? ""),
                ])
        case .waitingForVisibility(let transactions):
            log.info(.gateWaiting, ["transactions": .int(transactions)])
        case .fatal(let message):
            log.error(.internalError, ["why": .string(message)])
        default: break
        }
    }
}
