import CommandKit
import FreshetCore
import FreshetEvents

/// What the decoder alone reaches with the benchmark's events.
struct DecodeLimit {
    let servers: BenchServers
    let graph: Graph
    let threads: Int
    let seconds: Double
    private static let events = 65_536

    func run() throws -> Lap {
        let (graph, length) = (graph, UInt64(seconds * 1e9))
        return try BenchThreads.run(threads, servers) { _, ready in
            let batch = Self.batch()
            let decoder = EventDecoder(graph: graph)
            var buffer = ChangeBuffer()
            ready()
            let end = MachineClock.now() + length
            var count = 0
            while MachineClock.now() < end {
                var changes = 0
                for index in batch.records.indices {
                    buffer.changes.removeAll(keepingCapacity: true)
                    if case .changes = decoder.decode(batch, index, topic: 0, into: &buffer) {
                        changes += buffer.changes.count
                    }
                }
                guard changes == batch.count else {
                    throw CommandFailure(.fatal, "\(batch.count) events were decoded as \(changes) changes")
                }
                count += changes
            }
            return count
        }
    }

    private static func batch() -> RecordBatch {
        let texts = (1...events).map(BenchServers.event)
        let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: texts.reduce(0) { $0 + $1.count }, alignment: 16)
        var place = 0
        let records = texts.enumerated().map { offset, text in
            let slice = UnsafeMutableRawBufferPointer(rebasing: bytes[place..<place + text.count])
            slice.copyBytes(from: text)
            place += text.count
            return RecordBatch.Record(
                assignment: RecordBatch.Assignment(slot: 0, epoch: 1), offset: Int64(offset), timestamp: -1, key: nil,
                value: UnsafeRawBufferPointer(slice), handle: 0)
        }
        return RecordBatch(records: records, headers: { _ in [] }, release: { bytes.deallocate() })
    }
}
