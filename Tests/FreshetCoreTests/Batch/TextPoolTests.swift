import FreshetCore
import Testing

struct TextPoolTests {
    @Test func equalTextsHaveOneNumber() {
        var pool = TextPool()
        let numbers = ["north", "south", "north", ""].map { pool.intern(Array($0.utf8)) }
        #expect(numbers == [0, 1, 0, 2])
        #expect(pool.count == 3 && pool.byteCount == 10)
        #expect(Array(pool[1]) == Array("south".utf8))
    }

    @Test func numbersStayWhileItGrows() {
        var pool = TextPool()
        let texts = (0..<3_000).map { Array("text \($0)".utf8) }
        let first = texts.map { pool.intern($0) }
        let again = texts.map { pool.intern($0) }
        #expect(first == Array(0..<3_000) && again == first)
        #expect(texts.indices.allSatisfy { Array(pool[UInt64($0)]) == texts[$0] })
        pool.removeAll()
        #expect(pool.count == 0)
        let anew = pool.intern(texts[2_999])
        #expect(anew == 0)
    }

    /// What the many needed is given back behind the few.
    @Test func fewAfterManyBeginAnewToo() {
        var pool = TextPool()
        for number in 0..<3_000 { _ = pool.intern(Array("text \(number)".utf8)) }
        for round in 0..<3 {
            pool.removeAll()
            let numbers = ["text", "round \(round)", "text"].map { pool.intern(Array($0.utf8)) }
            #expect(numbers == [0, 1, 0])
            #expect(pool.count == 2 && pool.byteCount == 11)
        }
    }
}
