import Foundation
import Testing

@testable import KafkaLink

struct ProcessHeapTests {
    private static let block = 4_096
    private static let blocks = 8_192

    /// As librdkafka leaves it: many small blocks free, and one behind them in use, so that the heap can't shrink.
    @Test func whatLiesFreeBetweenBlocksGoesBack() throws {
        // Other tests of this process take memory meanwhile, or give back: one time undisturbed is enough.
        let wanted = Self.block * Self.blocks / 2
        var freed = 0
        for _ in 0..<10 where freed <= wanted { freed = try freedByTrimming() }
        #expect(freed > wanted)
    }

    private func freedByTrimming() throws -> Int {
        var taken = (0..<Self.blocks).map { number in
            let block = UnsafeMutableRawPointer.allocate(byteCount: Self.block, alignment: 16)
            block.storeBytes(of: number, as: Int.self)
            return block
        }
        let last = taken.removeLast()
        defer { last.deallocate() }
        for block in taken { block.deallocate() }
        let before = try residentBytes()
        #expect(ProcessHeap.trim())
        let freed = before - (try residentBytes())
        #expect(last.load(as: Int.self) == Self.blocks - 1)
        return freed
    }

    private func residentBytes() throws -> Int {
        let words = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8).split(separator: " ")
        return try #require(Int(words[1])) * 4_096
    }
}
