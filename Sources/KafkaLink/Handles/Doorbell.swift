import CRdkafka
import FreshetCore
import Glibc
import Synchronization

/// Wakes a lane that waits for records: librdkafka rings when its queue becomes non-empty, and so does `wake`.
///
/// Waiting for the bell, and then draining under the lane's lock without waiting, is what makes stamping exact: no
/// record is ever taken from the queue while the assignment changes.
final class Doorbell: Sendable {
    let descriptor: Int32
    /// Set by `wake`, taken by the lane.
    private let woken = Atomic<Bool>(false)

    init() throws(Fault) {
        descriptor = freshet_eventfd()
        guard descriptor >= 0 else {
            throw Fault(.kafka, .kafka(name: "_FS", fatal: true), "eventfd: \(String(cString: strerror(errno)))")
        }
    }

    deinit { close(descriptor) }

    func attach(to queue: KafkaQueue) {
        var one: UInt64 = 1
        rd_kafka_queue_io_event_enable(queue.pointer, descriptor, &one, MemoryLayout<UInt64>.size)
    }

    func detach(from queue: KafkaQueue) { rd_kafka_queue_io_event_enable(queue.pointer, -1, nil, 0) }

    func wake() {
        woken.store(true, ordering: .releasing)
        var one: UInt64 = 1
        _ = write(descriptor, &one, MemoryLayout<UInt64>.size)
    }

    func takeWake() -> Bool { woken.exchange(false, ordering: .acquiring) }

    /// Waits for a ring and silences the bell: whoever calls must drain afterwards. False where none came.
    @discardableResult
    func wait(_ milliseconds: Int32) -> Bool {
        var poller = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        guard poll(&poller, 1, milliseconds) > 0 else { return false }
        var count: UInt64 = 0
        _ = read(descriptor, &count, MemoryLayout<UInt64>.size)
        return true
    }
}
