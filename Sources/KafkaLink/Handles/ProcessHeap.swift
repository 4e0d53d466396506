import CRdkafka

/// What the C library's heap keeps of memory that nobody uses any more.
///
/// Left to itself it gives each of librdkafka's and our threads an arena, and once a large block was freed, the next of
/// its size comes from an arena, too, where it can't be given back before its neighbours. Measured with a backlog of
/// 500,000 records: 77 and 84 MiB resident (invalidate, refresh), with these bounds 58 and 73, for the same CPU time.
package enum ProcessHeap {
    /// Bytes from which on a block is mapped by itself, and goes back to the system when it is freed.
    private static let mappedBlock: Int32 = 1 << 20
    /// Unused bytes that the heap's end may keep.
    private static let keptEnd: Int32 = 1 << 20

    /// At the start of a long-lived process; `threads` is how many work at the same time. False where the C library
    /// takes no advice: nothing depends on it.
    @discardableResult
    package static func bound(threads: Int) -> Bool {
        freshet_bound_heap(Int32(clamping: max(2, threads)), mappedBlock, keptEnd) == 1
    }

    /// Gives back what lies free between blocks that are in use, a few milliseconds of work. librdkafka allocates for
    /// each record, so where many were ahead, and were taken, most of an arena is free with something at its end:
    /// seen, of 14 MiB half a one in use.
    @discardableResult
    package static func trim() -> Bool { freshet_trim_heap() == 1 }
}
