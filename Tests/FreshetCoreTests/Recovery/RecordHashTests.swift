import FreshetCore
import Testing

struct RecordHashTests {
    private func copy(_ key: String?, _ value: String?) -> RecordCopy {
        RecordCopy(
            partition: Partition(topic: "t", number: 0), offset: 0, timestamp: 0, key: key.map { Array($0.utf8) },
            value: value.map { Array($0.utf8) }, headers: [])
    }

    @Test func nullEmptyAndBoundariesDiffer() {
        let records = [
            copy("a", "bc"), copy("ab", "c"), copy("", "abc"), copy("abc", ""), copy(nil, "abc"), copy("abc", nil),
            copy(nil, nil), copy("", ""), copy(nil, ""), copy("", nil),
        ]
        #expect(Set(records.map { RecordHash.of($0) }).count == records.count)
    }

    @Test func copiesAndViewsAgree() {
        let key = Array("k".utf8)
        let hash = key.withUnsafeBytes { RecordHash.of(key: $0, value: nil) }
        #expect(hash == RecordHash.of(copy("k", nil)))
        // It stands in control records: it may not change.
        #expect(RecordHash.of(copy("match:1", "{}")) == RecordHashTests.plain("match:1", "{}"))
    }

    /// FNV-1a over the bytes, each string closed by 0x2FF.
    private static func plain(_ key: String, _ value: String) -> UInt64 {
        let words = key.utf8.map { UInt64($0) } + [0x2FF] + value.utf8.map { UInt64($0) } + [0x2FF]
        return words.reduce(14_695_981_039_346_656_037) { ($0 ^ $1) &* 1_099_511_628_211 }
    }
}
