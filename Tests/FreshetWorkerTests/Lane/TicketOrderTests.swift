import FreshetWorker
import Testing

struct TicketOrderTests {
    @Test func theOldestTicketIsFirst() {
        let order = TicketOrder()
        #expect(order.isFirst(0))
        order.enter(0, 9)
        order.enter(1, 8)
        order.enter(2, 10)
        #expect(order.isFirst(1) && !order.isFirst(0) && !order.isFirst(2))
        order.leave(1)
        #expect(order.isFirst(0) && !order.isFirst(2))
        // Who begins anew stands behind the others.
        order.enter(0, 11)
        #expect(order.isFirst(2) && !order.isFirst(0))
        order.leave(2)
        #expect(order.isFirst(0))
    }

    @Test func nobodyWaitsAsLongAsNothingIsWritten() {
        let order = TicketOrder()
        #expect(!order.hasWrites)
        order.noteWrite()
        #expect(order.hasWrites)
    }
}
