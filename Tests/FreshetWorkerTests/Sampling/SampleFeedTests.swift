import FreshetCore
import Testing

@testable import FreshetWorker

@Suite struct SampleFeedTests {
    private static let graph = Graph(
        namespace: .init(), bounds: .init(), kinds: [kind("team", .bigint), kind("page", .text)], edges: [], topics: [],
        statements: [])

    private static func kind(_ name: String, _ type: IDType) -> Kind {
        Kind(
            name: name, id: [Kind.IDPart(name: "id", type: type)], keys: [], onChange: .invalidate,
            onReach: .invalidate, hasVersion: false, gate: nil, secondSweep: nil, edges: [], fingerprint: "")
    }

    private func plan(_ ids: Range<Int64>) -> Plan {
        var plan = Plan()
        for id in ids { plan.add(Change(entity: EntityRef(kind: KindIndex(0), int: id), operation: .upsert)) }
        return plan
    }

    @Test func everyChangeIsTakenWhereAllAreWanted() {
        let mailbox = SampleMailbox(capacity: 100)
        let feed = SampleFeed(mailbox, thousandths: 1_000, seed: 1)
        feed.offer(plan(0..<40), Self.graph, now: 7)
        feed.offer(plan(40..<50), Self.graph, now: 8)
        let samples = mailbox.take()
        #expect(samples.map(\.entity.int) == Array(0..<50))
        #expect(samples.map(\.applied) == Array(repeating: 7, count: 40) + Array(repeating: 8, count: 10))
        #expect(mailbox.take().isEmpty)
    }

    @Test func theShareHoldsOverManyBatches() {
        let mailbox = SampleMailbox(capacity: 100_000)
        let feed = SampleFeed(mailbox, thousandths: 10, seed: 2)
        for batch in 0..<1_000 { feed.offer(plan(Int64(batch) * 100..<Int64(batch) * 100 + 100), Self.graph, now: 0) }
        // A hundredth of 100,000.
        #expect((900...1_100).contains(mailbox.take().count))
    }

    @Test func aFullMailboxTakesNoMore() {
        let mailbox = SampleMailbox(capacity: 3)
        let feed = SampleFeed(mailbox, thousandths: 1_000, seed: 3)
        feed.offer(plan(0..<10), Self.graph, now: 0)
        #expect(!mailbox.hasRoom)
        #expect(mailbox.take().map(\.entity.int) == [0, 1, 2])
        #expect(mailbox.hasRoom)
        mailbox.close()
        feed.offer(plan(0..<10), Self.graph, now: 0)
        #expect(mailbox.take().isEmpty)
    }

    /// The batch's pool is gone when the sample is looked at.
    @Test func anIDOfTextIsTakenAlong() {
        var plan = Plan()
        let id = plan.buffer.pool.intern(Array("a:b".utf8))
        plan.add(Change(entity: EntityRef(kind: KindIndex(1), high: 0, low: id), operation: .upsert))
        let mailbox = SampleMailbox(capacity: 3)
        SampleFeed(mailbox, thousandths: 1_000, seed: 4).offer(plan, Self.graph, now: 0)
        #expect(mailbox.take().map(\.canonical) == [Array("a:b".utf8)])
    }
}
