import FreshetCore
import Synchronization

/// Where lanes leave what they sampled. Bounded, and never waited for: a full or busy mailbox loses a sample, and a
/// lane loses no time.
package final class SampleMailbox: Sendable {
    /// An entity that stands by itself, without its batch's pool.
    package struct Sample: Sendable {
        package var entity: EntityRef
        /// The canonical bytes of an id that doesn't fit into the reference.
        package var canonical: [UInt8]
        /// Monotonic nanoseconds of the acknowledgement.
        package var applied: UInt64
    }

    private let capacity: Int
    private let samples = Mutex<[Sample]>([])
    private let isFull = Atomic(false)
    private let closed = Atomic(false)

    package init(capacity: Int) { self.capacity = max(1, capacity) }

    package var hasRoom: Bool { !isFull.load(ordering: .relaxed) && !isClosed }
    package var isClosed: Bool { closed.load(ordering: .relaxed) }

    /// False where there was no room for it.
    package func offer(_ sample: @autoclosure () -> Sample) -> Bool {
        guard hasRoom else { return false }
        return samples.withLockIfAvailable { samples in
            guard samples.count < capacity else { return false }
            samples.append(sample())
            if samples.count == capacity { isFull.store(true, ordering: .relaxed) }
            return true
        } ?? false
    }

    /// Empties it.
    package func take() -> [Sample] {
        samples.withLock { samples in
            defer { samples.removeAll(keepingCapacity: true) }
            isFull.store(false, ordering: .relaxed)
            return samples
        }
    }

    /// The sampler ends at its next turn.
    package func close() { closed.store(true, ordering: .relaxed) }
}
