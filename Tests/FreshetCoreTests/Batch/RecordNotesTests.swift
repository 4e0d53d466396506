import FreshetCore
import Testing

struct RecordNotesTests {
    /// What is packed comes out as it was, whatever holes, partitions and versions there are.
    @Test(arguments: 1...10 as ClosedRange<UInt64>) func notesComeOutAsTheyWere(seed: UInt64) {
        var random = SplitMix(seed: seed)
        var plan = Plan()
        var offsets: [Int64] = [0, 1 << 40, Int64.max / 2]
        for partition in offsets.indices {
            _ = plan.open(
                PlanPartition(
                    partition: Partition(topic: "t", number: Int32(partition)),
                    assignment: .init(slot: UInt32(partition), epoch: 1), from: offsets[partition], countedFrom: 0))
        }
        var partition = 0
        var expected: [RecordNote] = []
        for _ in 0..<2_000 {
            if random.next() % 20 == 0 { partition = Int(random.next() % 3) }
            offsets[partition] += random.next() % 10 == 0 ? Int64(random.next() % 1_000) : 1
            let versions: [Int64?] = [
                nil, 0, -1, 17, Int64(Int32.max), Int64(Int32.min), Int64(Int32.min) + 1, 1 << 33, Int64.max,
                Int64.min + 1,
            ]
            let version = versions[Int(random.next() % UInt64(versions.count))]
            let ref = EntityRef(kind: KindIndex(0), int: Int64(random.next() % 50))
            plan.buffer.changes = [Change(entity: ref, operation: .upsert, version: version)]
            plan.noteChanges(partition: partition, offset: offsets[partition])
            plan.settle()
            expected.append(
                RecordNote(
                    offset: offsets[partition], version: version ?? Node.noVersion,
                    node: Int32(plan.find(ref) ?? -99), partition: Int32(partition)))
        }
        plan.divert(1_234, as: RecordNote.deadLettered)
        expected[1_234].node = RecordNote.deadLettered
        #expect(Array(plan.records) == expected)
        var walked: [RecordNote] = []
        plan.records.visit { walked.append($0) }
        #expect(walked == expected)
        plan.removeAll()
        #expect(plan.records.isEmpty)
    }
}
