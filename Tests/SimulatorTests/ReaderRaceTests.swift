import FreshetCore
import Simulator
import Testing

/// The races of readers that no stale value shows, because something else holds as well: played call by call.
struct ReaderRaceTests {
    private let key = Array("v1:match:1".utf8)

    private func model() -> RedisModel {
        var model = RedisModel(process: "p1")
        _ = model.establish(incarnation: "i1", owner: "o", history: History(system: 7, timeline: 1))
        model.record?.fingerprints["kind"] = "f"
        return model
    }

    /// Raises the fence of the key's bucket under this ticket.
    private func touch(_ model: inout RedisModel, _ ticket: Ticket) {
        var call = ApplyCall(ticket: ticket, history: History(system: 7, timeline: 1))
        key.withUnsafeBytes { call.operations.unlink(key: $0) }
        let reply = model.apply(call, group: "g", pendingLimit: 10)
        #expect(reply == .applied(refused: []))
    }

    private func token(_ answer: RedisModel.LeaseAnswer) throws -> [UInt8] {
        guard case .miss(let token, _) = answer else { throw NoToken() }
        return token
    }

    private struct NoToken: Error {}

    /// The reader takes its token, a touch with the same ticket follows, the reader fills.
    @Test func aTouchUnderTheSameTicketRefusesTheFill() throws {
        var model = model()
        guard let ticket = model.ticket() else { throw NoToken() }
        touch(&model, ticket)
        let token = try token(model.lease(key))
        touch(&model, ticket)
        let isFilled = try model.fill(key, token: token, value: [1], timeToLive: 1_000)
        #expect(!isFilled)
        // The same reader without the touch in between.
        let again = try self.token(model.lease(key))
        let isFilledAgain = try model.fill(key, token: again, value: [1], timeToLive: 1_000)
        #expect(isFilledAgain)
    }

    /// Many misses on one hot key: one reads.
    @Test func oneOfManyReadersHoldsTheLease() {
        var model = model()
        var readers = 0
        for number in 0..<100 {
            if case .miss(_, 0) = model.lease(key, milliseconds: 500, holder: "r\(number)") { readers += 1 }
        }
        #expect(readers == 1)
        // Without asking for it, everybody reads.
        var all = 0
        for _ in 0..<100 { if case .miss(_, 0) = model.lease(key) { all += 1 } }
        #expect(all == 100)
    }
}
