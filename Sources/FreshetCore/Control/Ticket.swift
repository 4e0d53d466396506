/// A number that the control record hands out, one per batch, taken before the batch reads PostgreSQL.
///
/// It belongs to one Redis process and one incarnation: after a failover, a restart or a flush it can write nothing.
package struct Ticket: Hashable, Sendable {
    package var number: Int64
    package var process: String
    package var incarnation: String
    /// The control record's when the ticket was handed out.
    package var history: History

    package init(number: Int64, process: String, incarnation: String, history: History) {
        self.number = number
        self.process = process
        self.incarnation = incarnation
        self.history = history
    }
}
