import FreshetCore
import Synchronization

/// A consumer-group worker: lanes and a coordinator, from start to the account at shutdown.
package final class Worker: Sendable {
    private let graph: Graph
    private let settings: WorkerSettings
    private let parts: any WorkerParts
    private let surroundings: any Surroundings
    private let listener: any WorkerListener
    private let desks: [LaneDesk]
    private let breakers: BreakerBoard
    private let order = TicketOrder()
    private let wakes: Mutex<[Int: @Sendable () -> Void]> = Mutex([:])
    private let stopping = Mutex(false)
    private let displaced = Mutex(false)

    package init(
        graph: Graph, settings: WorkerSettings, parts: any WorkerParts, surroundings: any Surroundings,
        listener: any WorkerListener
    ) {
        self.graph = graph
        self.settings = settings
        self.parts = parts
        self.surroundings = surroundings
        self.listener = listener
        breakers = BreakerBoard(settings.breaker, listener)
        desks = (0..<settings.allLanes).map { _ in LaneDesk() }
    }

    /// It ended because workers of another graph have their turn: wait for the next one with `GraphClaim`.
    package var isDisplaced: Bool { displaced.withLock { $0 } }

    /// Asks for the end; `run` returns when everything in hand is finished or the bound is reached.
    package func stop() { stopping.withLock { $0 = true } }

    /// Runs until `stop` is called; throws what can't be mended by waiting. Answers what this process did.
    package func run() async throws(Fault) -> OutcomeCounts {
        let coordinator = Coordinator(
            graph: graph, settings: settings, parts: try parts.coordinatorParts(), desks: desks,
            wake: { [self] lane in wakes.withLock { $0[lane] }?() }, surroundings: surroundings, listener: listener,
            breakers: breakers)
        for index in 0..<settings.allLanes { spawn(index) }
        var failure: Fault?
        do {
            try await coordinator.run { [self] in stopping.withLock { $0 } }
        } catch {
            failure = error
            listener.heard(.fatal(error.message))
        }
        await coordinator.shutDown()
        displaced.withLock { $0 = coordinator.isDisplaced }
        if let failure { throw failure }
        return desks.reduce(OutcomeCounts()) { $0 + $1.counts }
    }

    private func spawn(_ index: Int) {
        parts.spawn("lane-\(index)") { [self] in
            do {
                let laneParts = try parts.laneParts(index)
                wakes.withLock { $0[index] = laneParts.log.wake }
                let lane = Lane(
                    index: index, graph: graph, settings: settings, parts: laneParts, desk: desks[index],
                    surroundings: surroundings, listener: listener, breakers: breakers, order: order)
                await lane.run()
            } catch let fault as Fault {
                desks[index].fail(fault)
                desks[index].leave()
            } catch {
                desks[index].leave()
            }
        }
    }
}
