import FreshetCore
import Testing

/// What an entry of the memory says of a child.
struct MemoryTests {
    private static let edge = Edge(
        name: "player->team", from: KindIndex(1), to: KindIndex(0), resolution: .field([]), stops: false,
        remembers: true, isProjected: false)

    private static func memory(_ entry: String) -> Memory {
        var pool = TextPool()
        return Memory(Array(entry.utf8), edge, incarnation: "i2", since: 5, SampleGraph.graph, &pool)
    }

    private static func teams(_ ids: Int64...) -> Set<EntityRef> {
        Set(ids.map { EntityRef(kind: KindIndex(0), int: $0) })
    }

    @Test func oneTokenThatCountsIsEnough() {
        let memory = Self.memory("i2/4/1 i2/5/2,3")
        #expect(memory.counts && memory.parents == Self.teams(1, 2, 3))
    }

    @Test func whatIsOlderThanWhatWasLostOnlyNames() {
        let memory = Self.memory("i2/4/1")
        #expect(!memory.counts && !memory.isForetold && memory.parents == Self.teams(1))
    }

    @Test func ticketZeroNamesAndNeverCounts() {
        let memory = Self.memory("i2/0/1")
        #expect(!memory.counts && memory.isForetold && memory.parents == Self.teams(1))
    }

    @Test func anotherIncarnationsTokensAreNothing() {
        #expect(Self.memory("i1/9/1") == Self.memory(""))
        #expect(Self.memory("i1/9/1 i2/6/2").parents == Self.teams(2))
        #expect(Self.memory("i1/9/1 i2/6/2").counts)
    }

    /// A parent may be missing in it.
    @Test func whatCannotBeReadDoesNotCount() {
        let memory = Self.memory("i2/6/1,x")
        #expect(!memory.counts && memory.parents == Self.teams(1))
    }

    @Test func whatIsWrittenOfAnUnknownChildDoesNotCount() {
        let ticket = Ticket(number: 7, process: "p", incarnation: "i2", history: History(system: 1, timeline: 1))
        var memory = Memory(parents: Self.teams(1, 2))
        #expect(memory.entry(ticket, SampleGraph.graph, TextPool()) == Array("i2/7/1,2".utf8))
        memory.counts = false
        #expect(memory.entry(ticket, SampleGraph.graph, TextPool()) == Array("i2/0/1,2".utf8))
    }
}
