import FreshetCore
import Testing

struct HistoryTests {
    @Test func readsWhatItWrites() {
        let history = History(system: 7_301_111_222_333_444_555, timeline: 3)
        #expect(history.description == "7301111222333444555/3")
        #expect(History(history.description) == history)
    }

    @Test(arguments: ["", "7", "7/", "/3", "7/3/1", "7/x", "-7/3", "7/4294967296"])
    func refusesWhatIsNone(_ text: String) {
        #expect(History(text) == nil)
    }
}
