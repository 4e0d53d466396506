import CommandKit
import FreshetCore
import Testing

@testable import freshet

/// Plans as files: Kafka's CSV, and JSON.
@Suite struct OffsetsFileTests {
    private static let plan: [Partition: Int64] = [
        Partition(topic: "a.b", number: 0): 17, Partition(topic: "a.b", number: 11): 0,
    ]

    private static func parse(_ text: String) throws -> [Partition: Int64] {
        try OffsetsFile.parse(text, "plan", group: "g")
    }

    private static func message(_ text: String) -> String {
        do {
            return "\(try parse(text))"
        } catch {
            return "\(error)"
        }
    }

    @Test(arguments: [
        "a.b,0,17\na.b,11,0\n", "a.b,0,17\r\n\r\na.b,11,0", "g,a.b,0,17\n\"g\",\"a.b\",11,0",
        " a.b , 0 , 17 \n\"a.b\",11,0",
        #"{"partitions": [{"topic": "a.b", "partition": 0, "offset": 17}, {"topic":"a.b","partition":11,"offset":0}]}"#,
        #" [{"topic": "a.b", "partition": 0, "offset": 17}, {"topic": "a.b", "partition": 11, "offset": 0}]"#,
    ])
    func allFormsSayTheSame(_ text: String) throws {
        #expect(try Self.parse(text) == Self.plan)
    }

    @Test func whatIsWrittenIsRead() throws {
        let facts = PartitionFacts(
            committed: 5, low: 0, high: 100, checkpoint: nil, isOtherTopic: false,
            history: History(system: 1, timeline: 1), recordedHistory: nil)
        let place = OffsetsSight.Place(
            partition: Partition(topic: "a.b", number: 3), facts: facts,
            decision: .decide(facts, lagBound: nil, strategies: [:], timestamp: 0))
        let moves = [OffsetsMove(place, to: 42)]
        #expect(OffsetsFile.csv(moves) == "a.b,3,42")
        #expect(try Self.parse(OffsetsFile.csv(moves)) == [place.partition: 42])
        #expect(try Self.parse(OffsetsFile.json(moves).render(indented: true)) == [place.partition: 42])
    }

    @Test func whatIsWrongIsNamedWithItsPlace() {
        #expect(Self.message("a,0,1\na,0\n").contains("plan:2: `a,0` is not TOPIC,PARTITION,OFFSET"))
        #expect(Self.message("a,0,1\n\na,0,2").contains("plan:3: a[0] stands there twice"))
        #expect(Self.message("h,a,0,1").contains("plan:1: is of group `h`, and this one is `g`"))
        #expect(Self.message("a,0,-1").contains("plan:1"))
        #expect(Self.message("a,0,99999999999999999999").contains("plan:1"))
        #expect(Self.message("{").contains("`plan` is no plan"))
        #expect(Self.message(#"[{"topic": "a", "partition": 0}]"#).contains("`plan` is no plan"))
        #expect(Self.message(#"[{"topic": "a", "partition": -1, "offset": 0}]"#).contains("entry 1"))
    }
}
