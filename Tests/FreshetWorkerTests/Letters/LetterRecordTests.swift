import FreshetCore
import FreshetWorker
import Testing

/// Decisions and runs as records of the dead-letter topic.
@Suite struct LetterRecordTests {
    private let origin = LetterOrigin(Partition(topic: "t", number: 2), offset: 9)

    private func record(_ letter: Letter) -> RecordCopy {
        RecordCopy(
            partition: Partition(topic: letter.topic, number: 0), offset: 1, timestamp: letter.timestamp,
            key: letter.key, value: letter.value, headers: letter.headers)
    }

    @Test func aDecisionComesBackAsItWasWritten() {
        for failure in [Int64?.none, 77] {
            let decision = LetterDecision(
                .parked, origin: origin, group: "g", replays: 2, lastFailure: failure,
                place: LetterPlace(partition: 3, offset: 4), at: 99, by: "ada@ops")
            let record = record(decision.letter(to: "t.dlq"))
            #expect(LetterDecision(record) == decision)
            #expect(record.key == Array("freshet-decision/g/t/2/9".utf8))
            #expect(record.value != nil)
            #expect(LetterRun(record) == nil)
            // Nor is it a letter of anybody.
            #expect(LetterHead(record) == nil)
        }
    }

    @Test func aRunComesBackAsItWasWritten() {
        let run = LetterRun(
            id: "r", group: "g", state: .underWay, by: "ada@ops", host: "ops", process: 12, at: 99,
            ends: [Partition(topic: "t.g.retry", number: 1): 5, Partition(topic: "t.g.retry", number: 0): 7])
        let record = record(run.letter(to: "t.dlq"))
        #expect(LetterRun(record) == run)
        #expect(LetterDecision(record) == nil)
        #expect(String(decoding: record.value ?? [], as: UTF8.self) == "t.g.retry/0/7\nt.g.retry/1/5")
    }

    @Test func runsAreOpenUntilTheyEnd() {
        func run(_ id: String, _ state: LetterRun.State, at: Int64) -> LetterRun {
            LetterRun(id: id, group: "g", state: state, by: "", host: "", process: 0, at: at, ends: [:])
        }
        var runs = LetterRuns()
        runs.add(run("a", .underWay, at: 1))
        runs.add(run("b", .underWay, at: 2))
        runs.add(run("a", .underWay, at: 3))
        #expect(runs.open.map(\.id) == ["a", "b"])
        #expect(runs.open.map(\.at) == [3, 2])
        runs.add(run("a", .ended, at: 4))
        runs.add(run("c", .ended, at: 5))
        #expect(runs.open.map(\.id) == ["b"])
    }

    @Test func aFilterWantsEveryConditionAndAnyOfItsValues() {
        var head = LetterHead(origin: origin, reason: "org.example.DataException", message: "")
        head.lastFailure = 50
        let record = RecordCopy(
            partition: Partition(topic: "t.dlq", number: 0), offset: 0, timestamp: 0, key: [1], value: nil,
            headers: head.headers(over: []))
        let letter = LetterSight(record) { _ in
            LetterSubject(reading: .changes, kinds: ["team"], entities: ["team:4"])
        }
        func matches(_ set: (inout LetterFilter) -> Void) -> Bool {
            var filter = LetterFilter()
            set(&filter)
            #expect(!filter.isEmpty)
            return filter.matches(letter)
        }
        #expect(LetterFilter().isEmpty)
        #expect(LetterFilter().matches(letter))
        #expect(matches { $0.reasons = ["x", "DataException"] })
        #expect(matches { $0.reasons = ["org.example.DataException"] })
        #expect(!matches { $0.reasons = ["Exception"] })
        #expect(matches { $0.origins = [origin] })
        #expect(matches { $0.entities = ["team:4"] })
        #expect(!matches { $0.entities = ["team:5"] })
        #expect(matches { $0.keys = [[2], [1]] })
        #expect(!matches { $0.keys = [[]] })
        #expect(matches { $0.since = 50 })
        #expect(!matches { $0.since = 51 })
        #expect(matches { $0.until = 51 })
        #expect(!matches { $0.until = 50 })
        #expect(matches { $0.partitions = [1, 2] })
        #expect(!matches { $0.partitions = [0] })
        #expect(matches { $0.offsets = [0...3, 9...9] })
        #expect(!matches { $0.offsets = [10...20] })
        #expect(matches { $0.kinds = ["team", "match"] })
        #expect(
            !matches {
                $0.kinds = ["team"]
                $0.partitions = [5]
            })
    }
}
