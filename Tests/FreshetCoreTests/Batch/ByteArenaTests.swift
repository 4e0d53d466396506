import FreshetCore
import Testing

struct ByteArenaTests {
    @Test func keepsStringsApart() {
        var arena = ByteArena()
        let places = [
            arena.append("one".utf8), arena.append([UInt8]()), arena.append(building: { $0 += Array("three".utf8) }),
        ]
        #expect(places == [0, 1, 2])
        #expect((0..<3).map(arena.string) == ["one", "", "three"])
        #expect(arena.byteCount == 8 && arena.range(2) == 3..<8)
        #expect(arena.with(2) { $0.count } == 5)
        arena.removeAll()
        #expect(arena.isEmpty && arena.byteCount == 0)
    }

    @Test func takesBackWhatMustNotStand() {
        var arena = ByteArena()
        arena.append("kept".utf8)
        func append(_ text: String, stands: Bool) -> Int? {
            arena.appendIf { bytes in
                bytes += Array(text.utf8)
                return stands
            }
        }
        let places = [append("gone", stands: false), append("too", stands: true)]
        #expect(places == [nil, 1])
        #expect(arena.string(1) == "too" && arena.byteCount == 7)
    }
}
