/// A rate that several workers keep together.
package protocol SharedRate: AnyObject {
    /// Reserves; answers nanoseconds to wait.
    func reserve(queries: Int, rows: Int, _ bound: RateBound) throws(Fault) -> UInt64
}
