/// Time and chance, handed in so that the simulator can play them.
package protocol Surroundings: AnyObject, Sendable {
    /// Monotonic nanoseconds.
    func now() -> UInt64
    /// Milliseconds since 1970.
    func wallClock() -> Int64
    func sleep(milliseconds: Int) async
    /// Uniform over all 64-bit values.
    func random() -> UInt64
}
