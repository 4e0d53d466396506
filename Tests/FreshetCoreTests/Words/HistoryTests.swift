import FreshetCore
import Testing

struct HistoryTests {
    @Test func readsWhatItWrites() {
        let history = History(system: 7_301_111_222_333_444_555, timeline: 3)
        #expect(history.description == "7301111222333444555/3")
        #expect(History(history.description) == history)
    }

    @Test func countsItsSetBacks() {
        let history = History(system: 7, timeline: 3, setBacks: 12)
        #expect(history.description == "7/3+12")
        #expect(History("7/3+12") == history)
        #expect(History(system: 7, timeline: 3).counted(like: history) == history)
        #expect(History(system: 7, timeline: 4).counted(like: history) == History(system: 7, timeline: 4))
        #expect(History(system: 7, timeline: 3, setBacks: 2).isOlder(than: history))
        #expect(!History(system: 7, timeline: 4).isOlder(than: history))
        #expect(!History(system: 8, timeline: 1).isOlder(than: history))
    }

    @Test(arguments: ["", "7/3+", "7/3+0", "7/3+x", "7/3+1+1", "7", "7/", "/3", "7/3/1", "7/x", "-7/3", "7/4294967296"])
    func refusesWhatIsNone(_ text: String) {
        #expect(History(text) == nil)
    }
}
