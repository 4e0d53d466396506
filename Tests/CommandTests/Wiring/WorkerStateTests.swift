import FreshetCore
import Testing

@testable import Wiring

@Suite struct WorkerStateTests {
    private let partition = Partition(topic: "league.changes", number: 3)
    private let later: UInt64 = 1 << 62

    /// A group that rebalances for ever fails in nothing: only the waiting tells.
    @Test func anAssignmentIsAwaitedFromTheStartAndAfterTheLastPartitionIsGone() {
        let state = WorkerState(onReady: {}, onChange: { _ in })
        #expect(state.awaits(later) != nil)
        _ = state.assigned([partition])
        #expect(state.awaits(later) == nil)
        _ = state.revoked([partition])
        #expect(state.awaits(later) != nil)
        // Others have them all: that is an answer, too.
        _ = state.assigned([])
        #expect(state.awaits(later) == nil)
    }

    @Test func whoStopsAwaitsNothing() {
        let state = WorkerState(onReady: {}, onChange: { _ in })
        state.stopping()
        #expect(state.awaits(later) == nil)
    }
}
