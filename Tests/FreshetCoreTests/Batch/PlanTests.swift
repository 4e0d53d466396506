import FreshetCore
import Testing

struct PlanTests {
    private static let topic = Partition(topic: "changes", number: 3)

    private static func scene(version: Bool = true) -> (WalkScene, Int) {
        var scene = WalkScene()
        scene.kind("match", version: version)
        scene.kind("table")
        let partition = scene.plan.open(
            PlanPartition(
                partition: topic, assignment: .init(slot: 0, epoch: 1), from: 100, countedFrom: 100))
        return (scene, partition)
    }

    private static func note(
        _ scene: inout WalkScene, _ partition: Int, _ offset: Int64,
        _ changes: [(name: String, version: Int64?, operation: Change.Operation)]
    ) {
        scene.plan.buffer.changes = changes.map {
            Change(entity: scene.entity($0.name), operation: $0.operation, version: $0.version)
        }
        scene.plan.noteChanges(partition: partition, offset: offset)
        scene.plan.settle()
        scene.plan.advance(partition, to: offset + 1)
    }

    private static func counts(_ plan: Plan) -> OutcomeCounts { plan.moves()[0].counts }

    /// What decides whether a batch may read before it has its ticket: a delete writes nothing, nor does a kind that is
    /// only removed, and what is reached isn't asked here.
    @Test(arguments: [
        ("match:1", Change.Operation.upsert, true), ("match:1", .delete, false), ("club:1", .upsert, false),
    ]) func aChangeThatIsWrittenIsTold(entity: String, operation: Change.Operation, writes: Bool) {
        var scene = WalkScene.matches(["match:2": ["table:1"]])
        scene.kind("club", change: .invalidate)
        scene.change("match:2", .delete)
        scene.change(entity, operation)
        #expect(scene.plan.writesChanged(scene.graph) == writes)
        scene.close()
        #expect(scene.plan.writesChanged(scene.graph) == writes)
    }

    /// Look-ups of many changes at a time make the same plan as one after the other.
    @Test(arguments: 1...20 as ClosedRange<UInt64>) func stagedChangesMakeTheSamePlan(seed: UInt64) {
        var random = SplitMix(seed: seed)
        let entities = 1 + random.next() % 3_000
        let (first, partition) = Self.scene()
        var plans = [first.plan, first.plan]
        for offset in 100..<Int64(3_100) {
            let deletes = random.next() % 8 == 0
            let change = Change(
                entity: EntityRef(kind: KindIndex(Int(random.next() % 2)), int: Int64(random.next() % entities)),
                operation: random.next() % 500 == 0 ? .truncate : deletes ? .delete : .upsert,
                version: random.next() % 4 == 0 ? nil : Int64(random.next() % 50),
                hasImageBefore: random.next() % 2 == 0)
            let hasTwo = random.next() % 50 == 0
            let settles = random.next() % 200 == 0
            for index in plans.indices {
                plans[index].buffer.changes = hasTwo ? [change, change] : [change]
                plans[index].noteChanges(partition: partition, offset: offset)
                if index == 0 || settles { plans[index].settle() }
            }
        }
        plans[1].settle()
        #expect(plans[0].nodes == plans[1].nodes)
        #expect(plans[0].records == plans[1].records)
        #expect(plans[0].moves() == plans[1].moves())
        #expect(plans[0].changedCount == Set(plans[0].nodes.map(\.ref)).count)
    }

    @Test func aNodeTakesThreeWords() { #expect(MemoryLayout<Node>.stride == 24) }

    @Test func tenEventsAboutOneMatchAreOneNode() {
        var (scene, partition) = Self.scene()
        for offset in 100..<110 { Self.note(&scene, partition, Int64(offset), [("match:1", Int64(offset), .upsert)]) }
        #expect(scene.names == ["match:1"])
        #expect(scene.plan.changedCount == 1)
        #expect(scene.plan.eventVersion(of: 0) == 109)
        let move = scene.plan.moves()[0]
        #expect(move.from == 100 && move.to == 110)
        #expect(move.counts.superseded == 9 && move.counts.applied == 1 && move.counts.total == 10)
    }

    /// What a replay keeps of its records.
    @Test func withoutItsRecordsItKeepsEntitiesAndTheirTargetsOnce() {
        var (scene, partition) = Self.scene()
        let tables = ["table:1", "table:2"].map { ChangeBuffer.Target(edge: 0, entity: scene.entity($0)) }
        let match = scene.entity("match:1")
        for offset in Int64(100)..<400 {
            scene.plan.buffer.targets.append(tables[offset % 50 == 0 ? 1 : 0])
            let last = Int32(scene.plan.buffer.targets.count)
            scene.plan.buffer.changes = [
                Change(
                    entity: match, operation: .upsert, version: offset, transaction: UInt64(offset),
                    targets: last - 1..<last)
            ]
            scene.plan.noteChanges(partition: partition, offset: offset)
            if offset % 30 == 0 { scene.plan.forgetRecords() }
        }
        scene.plan.forgetRecords()
        #expect(scene.plan.records.isEmpty && scene.plan.transactions.isEmpty && scene.plan.buffer.targets.isEmpty)
        #expect(scene.plan.nodes.indices.map(scene.plan.eventVersion) == [399])
        #expect(scene.plan.fieldTargets.map(\.target) == [tables[1], tables[0]])
        scene.plan.removeAll()
        scene.plan.forgetRecords()
        #expect(scene.plan.fieldTargets.isEmpty)
    }

    @Test func theHighestVersionSaysWhetherItIsGone() {
        var (scene, partition) = Self.scene()
        Self.note(&scene, partition, 100, [("match:1", 5, .delete)])
        Self.note(&scene, partition, 101, [("match:1", 4, .upsert)])
        Self.note(&scene, partition, 102, [("match:2", 4, .delete)])
        Self.note(&scene, partition, 103, [("match:2", 5, .upsert)])
        #expect(scene.plan.nodes.map(\.isDeleted) == [true, false])
    }

    @Test func withoutVersionsTheLastEventCounts() {
        var (scene, partition) = Self.scene(version: false)
        Self.note(&scene, partition, 100, [("match:1", nil, .upsert)])
        Self.note(&scene, partition, 101, [("match:1", nil, .delete)])
        #expect(scene.plan.nodes[0].isDeleted)
        #expect(Self.counts(scene.plan).applied == 2)
    }

    @Test func aDuplicateOfTheNewestIsApplied() {
        var (scene, partition) = Self.scene()
        Self.note(&scene, partition, 100, [("match:1", 5, .upsert)])
        Self.note(&scene, partition, 101, [("match:1", 5, .upsert)])
        #expect(Self.counts(scene.plan).applied == 2)
    }

    @Test func aNewerRowSupersedes() {
        var (scene, partition) = Self.scene()
        scene.document("match:1", "one", version: 6)
        scene.document("match:2", "two", version: 5)
        Self.note(&scene, partition, 100, [("match:1", 5, .upsert)])
        Self.note(&scene, partition, 101, [("match:2", 5, .upsert)])
        scene.close()
        #expect(Self.counts(scene.plan).superseded == 1 && Self.counts(scene.plan).applied == 1)
    }

    @Test func everyOutcomeIsCountedOnce() {
        var (scene, partition) = Self.scene()
        Self.note(&scene, partition, 100, [("match:1", 1, .upsert)])
        Self.note(&scene, partition, 101, [("match:1", 2, .upsert)])
        Self.note(&scene, partition, 102, [])
        scene.plan.note(RecordNote.ignored, partition: partition, offset: 103)
        scene.plan.note(RecordNote.deadLettered, partition: partition, offset: 104)
        scene.plan.note(RecordNote.deferred, partition: partition, offset: 105)
        Self.note(&scene, partition, 106, [("match:2", 1, .upsert)])
        scene.plan.update(1) { $0.isGated = true }
        let counts = Self.counts(scene.plan)
        #expect(counts.applied == 1 && counts.superseded == 1 && counts.ignored == 2)
        #expect(counts.deadLettered == 1 && counts.deferred == 2 && counts.total == 7)
    }

    @Test func aTruncateSweepsItsKind() {
        var (scene, partition) = Self.scene()
        Self.note(&scene, partition, 100, [("match:0", nil, .truncate)])
        #expect(scene.plan.nodes.isEmpty)
        #expect(scene.plan.sweeps == [.kind(KindIndex(0))])
        #expect(Self.counts(scene.plan).applied == 1)
    }

    /// A row whose id changed: the old entity is gone, the new one is there.
    @Test func twoChangesOfOneRecordAreOneRecord() {
        var (scene, partition) = Self.scene()
        Self.note(&scene, partition, 100, [("match:1", 3, .delete), ("match:2", 3, .upsert)])
        #expect(scene.names == ["match:1", "match:2"])
        #expect(scene.plan.records.count == 1)
        #expect(Self.counts(scene.plan).total == 1 && Self.counts(scene.plan).applied == 1)
    }

    @Test func recordsBelowCountedFromAreNotCountedAgain() {
        var scene = WalkScene()
        scene.kind("match")
        let partition = scene.plan.open(
            PlanPartition(
                partition: Self.topic, assignment: .init(slot: 0, epoch: 1), from: 100, countedFrom: 102))
        for offset in 100..<105 { Self.note(&scene, partition, Int64(offset), [("match:1", nil, .upsert)]) }
        #expect(scene.plan.moves()[0].countedFrom == 102)
        #expect(Self.counts(scene.plan).total == 3)
        // Another worker has moved it to 104 in between.
        scene.plan.count(Self.topic, from: 104)
        let move = scene.plan.moves()[0]
        #expect(move.from == 100 && move.countedFrom == 104 && move.to == 105 && move.counts.total == 1)
    }

    @Test func theEndOfAPartitionMovesWithoutRecordsAndNeverBack() {
        var (scene, partition) = Self.scene()
        scene.plan.advance(partition, to: 140)
        scene.plan.advance(partition, to: 120, timestamp: 7, hash: 9)
        let move = scene.plan.moves()[0]
        #expect(move.to == 140 && move.counts.total == 0 && move.timestamp == 7 && move.hash == 9)
    }

    @Test func forgettingCascadesKeepsChangesOnly() {
        var (scene, partition) = Self.scene()
        scene.edge("match", "table", ["match:1": ["table:1"]])
        scene.document("match:1", "one", version: 9)
        Self.note(&scene, partition, 100, [("match:1", 5, .upsert)])
        scene.close()
        _ = scene.emit()
        scene.plan.update(0) { $0.isGated = true }
        scene.plan.forgetCascades()
        #expect(scene.names == ["match:1"])
        #expect(scene.node("table:1") == nil)
        let node = scene.plan.nodes[0]
        #expect(!node.isExpanded && !node.isEmitted && !node.isGated)
        #expect(scene.plan.eventVersion(of: 0) == 5 && scene.plan.rowVersion(of: 0) == Node.noVersion)
        // The same plan can be walked again.
        scene.walk.removeAll()
        scene.close()
        #expect(scene.names == ["match:1", "table:1"])
    }

    @Test func divertedRecordsBecomeLetters() {
        var (scene, partition) = Self.scene()
        Self.note(&scene, partition, 100, [("match:1", 1, .upsert)])
        Self.note(&scene, partition, 101, [("match:2", 1, .upsert)])
        Self.note(&scene, partition, 102, [("match:1", 2, .upsert)])
        for record in scene.plan.recordsNaming([0]) { scene.plan.divert(record, as: RecordNote.deadLettered) }
        #expect(Self.counts(scene.plan).deadLettered == 2 && Self.counts(scene.plan).applied == 1)
    }

    @Test func transactionsOfCapturedEventsAreCollected() {
        var (scene, partition) = Self.scene()
        scene.plan.buffer.changes = [7, 8, 7].map {
            Change(entity: EntityRef(kind: KindIndex(0), int: $0), operation: .upsert, transaction: UInt64($0))
        }
        scene.plan.noteChanges(partition: partition, offset: 100)
        scene.plan.settle()
        #expect(scene.plan.transactions == [7, 8])
    }

    /// 65,536 nodes are 3 MiB.
    @Test(arguments: [(65_536, true), (65_537, false)])
    func aPlanKeepsNoMoreThanItsPlaces(nodes: Int, isKept: Bool) {
        var plan = Plan()
        for id in 0..<nodes {
            plan.add(Change(entity: EntityRef(kind: KindIndex(0), int: Int64(id)), operation: .upsert))
        }
        plan.removeAll()
        #expect((plan.nodes.capacity >= nodes) == isKept)
        #expect(plan.isEmpty)
    }

    @Test func anEmptiedPlanIsLikeNew() {
        var (scene, partition) = Self.scene()
        Self.note(&scene, partition, 100, [("match:1", 1, .upsert), ("match:0", nil, .truncate)])
        scene.plan.removeAll()
        #expect(scene.plan.isEmpty && scene.plan.partitions.isEmpty && scene.plan.changedCount == 0)
        #expect(scene.plan.find(EntityRef(kind: KindIndex(0), int: 1)) == nil)
    }
}
