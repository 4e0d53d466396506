import FreshetConfig
import Testing

@Suite struct NearestNameTests {
    @Test(arguments: [
        ("tempalte", "template"), ("tll", "ttl"), ("onchange", "on-change"), ("TTL", "ttl"), ("maxsize", "max-size"),
    ])
    func nearest(_ typed: String, _ meant: String) {
        #expect(NearestName.of(typed, among: ["template", "sql", "ttl", "on-change", "max-size"]) == meant)
    }

    @Test func farNamesAreNotGuessed() {
        #expect(NearestName.of("colour", among: ["template", "sql", "ttl"]) == nil)
        #expect(NearestName.of("x", among: []) == nil)
    }

    @Test func adviceNamesTheNearestOrAll() {
        #expect(NearestName.advice("temas", among: ["team", "match"]) == "did you mean `team`?")
        #expect(NearestName.advice("colour", among: ["team", "match"]) == "known are `team`, `match`")
    }
}
