/// A fault at the worst moment: while a call of a worker or a reader is on its way, which then takes long.
///
/// Faults at random times seldom meet the few microseconds that a race needs. An ambush waits for them.
package struct Ambush: Hashable, Sendable {
    package enum Moment: String, Sendable, CaseIterable {
        /// Records were taken from the log, and the lane hasn't looked at them.
        case afterReceive = "after-receive"
        /// The ticket is there, nothing is read.
        case afterTicket = "after-ticket"
        /// Everything is read, nothing is written.
        case beforeApply = "before-apply"
        /// Between two calls of one pipeline.
        case betweenCalls = "between-calls"
        /// A call of a pipeline failed alone, and the last one is done.
        case afterFailure = "after-failure"
        /// It is done, and the worker doesn't know.
        case afterApply = "after-apply"
        /// A reader has read and not filled.
        case beforeFill = "before-fill"
    }

    package var moment: Moment
    /// Of the calls that come to that moment.
    package var percent: Int
    /// One of them; none: the call only takes long.
    package var faults: [SimFault]
    /// Milliseconds that the call is held up.
    package var stall: ClosedRange<Int>
    /// The whole process is stopped, not only this call: the group may take it for dead.
    package var stopsProcess: Bool

    package init(
        _ moment: Moment, percent: Int, faults: [SimFault] = [], stall: ClosedRange<Int> = 20...200,
        stopsProcess: Bool = false
    ) {
        self.stopsProcess = stopsProcess
        self.moment = moment
        self.percent = percent
        self.faults = faults
        self.stall = stall
    }
}
