/// How long a batch waits for more records: the further behind, the larger the window.
///
/// Ten thousand events about one entity then cost one read and one call, and the wait is nothing beside the lag.
package struct LaneWindow {
    private let settings: WorkerSettings
    private let began: UInt64
    /// The longest backlog that was seen, with what the batch held of it by then. Once there is one, it is asked for
    /// again after each receive: at the first not every partition has said how much it holds.
    private var backlog: Int?

    package init(_ settings: WorkerSettings, began: UInt64) {
        self.settings = settings
        self.began = began
    }

    /// Milliseconds to wait for more; nil where the batch is complete with the `count` records that came last.
    ///
    /// `held`: records taken before them. `waiting` (records in the log behind them) is only asked for where it may
    /// change the answer: few records at a time are no backlog, unless one was seen.
    package mutating func wait(after count: Int, held: Int, now: UInt64, waiting: @autoclosure () -> Int) -> Int? {
        if held + count + settings.receiveRecords > settings.batchRecords { return nil }
        let isFew = count < min(settings.receiveRecords, 256)
        if !isFew || backlog != nil {
            let behind = waiting()
            // To its end: its last few thousand would cost as many calls as all before them.
            if behind >= settings.behindRecords || (backlog != nil && behind > 0) {
                let backlog = max(self.backlog ?? 0, held + behind)
                self.backlog = backlog
                let deadline = began + length(backlog) * 1_000_000
                return now < deadline ? Int((deadline - now) / 1_000_000) : nil
            }
        }
        return count < settings.receiveRecords ? nil : 0
    }

    /// Milliseconds. It takes about as long to fetch what is waiting, so the window is short beside the lag.
    private func length(_ backlog: Int) -> UInt64 {
        UInt64(min(settings.behindWait, max(1, backlog / Self.recordsPerMillisecond)))
    }

    private static let recordsPerMillisecond = 200
}
