import Testing

@testable import PostgresLink

@Suite struct TransactionSnapshotTests {
    @Test func readsWhatPostgreSQLPrints() {
        #expect(
            TransactionSnapshot("10:20:10,14,15") == TransactionSnapshot(xmin: 10, xmax: 20, running: [10, 14, 15]))
        #expect(TransactionSnapshot("10:10:") == TransactionSnapshot(xmin: 10, xmax: 10, running: []))
        #expect(TransactionSnapshot("10:20") == nil)
        #expect(TransactionSnapshot("10:20:x") == nil)
    }

    @Test func runningAndFutureOnesAreInvisible() {
        let snapshot = TransactionSnapshot(xmin: 10, xmax: 20, running: [10, 14])
        #expect([9, 10, 11, 14, 19, 20, 21].map(snapshot.isVisible) == [true, false, true, false, true, false, false])
    }

    /// Logical decoding gives 32 bits; the server is in its fourth round of them.
    @Test func shortIDsGetTheEpochThatLiesNearest() {
        let epoch: UInt64 = 3 << 32
        let middle = TransactionSnapshot(xmin: epoch + 100, xmax: epoch + 120, running: [epoch + 110])
        #expect(middle.full(105) == epoch + 105)
        #expect(middle.full(130) == epoch + 130)
        #expect(middle.full(0xffff_fff0) == epoch - 16)
        #expect([105, 110, 130, 0xffff_fff0].map(middle.isVisible) == [true, false, false, true])
        let end = TransactionSnapshot(xmin: epoch - 5, xmax: epoch - 2, running: [epoch - 5])
        #expect(end.full(7) == epoch + 7)
        #expect([0xffff_fffb, 0xffff_fffc, 7].map(end.isVisible) == [false, true, false])
        #expect(middle.isVisible(epoch + 105))
        #expect(!middle.isVisible(epoch + 110))
    }

    @Test func theFirstRoundHasNothingBeforeIt() {
        let snapshot = TransactionSnapshot(xmin: 700, xmax: 705, running: [])
        #expect(snapshot.full(704) == 704)
        #expect(snapshot.full(0xffff_fff0) == 0xffff_fff0)
        #expect(!snapshot.isVisible(0xffff_fff0))
    }
}
