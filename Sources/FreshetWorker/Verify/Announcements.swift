import FreshetCore

/// Where the topics end: what was announced so far.
package protocol Announcements: AnyObject {
    /// Of each partition that holds records, the offset behind its last one.
    func ends() async throws(Fault) -> [Partition: Int64]
}
