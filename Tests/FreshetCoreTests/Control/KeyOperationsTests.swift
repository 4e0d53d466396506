import FreshetCore
import Testing

struct KeyOperationsTests {
    @Test func arraysStayParallel() {
        var operations = KeyOperations()
        let key = Array("v1:team:1".utf8)
        let value = Array("{}".utf8)
        key.withUnsafeBytes { operations.unlink(key: $0) }
        key.withUnsafeBytes { key in value.withUnsafeBytes { operations.write(key: key, value: $0, timeToLive: 60) } }
        #expect(operations.count == 2 && operations.writes == 1 && operations.byteCount == 20)
        #expect(operations.timesToLive == [KeyOperations.unlink, 60])
        #expect(operations.buckets == [Bucket.of("v1:team:1"), Bucket.of("v1:team:1")])
        #expect(operations.values.string(0) == "" && operations.values.string(1) == "{}")
        operations.removeAll()
        #expect(operations.isEmpty && operations.writes == 0 && operations.byteCount == 0)
    }

    @Test func everyDefenceHasANameAndABitOfItsOwn() {
        #expect(Set(Defences.named.map(\.name)).count == Defences.named.count)
        #expect(Defences.all.rawValue.nonzeroBitCount == Defences.named.count)
    }
}
