import Foundation
import Testing

@testable import freshet

@Suite struct LaneThreadTests {
    private final class Worker {
        func step() async -> String {
            await Task.yield()
            return await deeper()
        }

        func deeper() async -> String {
            try? await Task.sleep(for: .milliseconds(1))
            return Self.threadName
        }

        private static var threadName: String { Thread.current.name ?? "" }
    }

    @Test func everythingThatATaskAwaitsStaysOnItsThread() async throws {
        let names = try await LaneThread.run("lane-7") {
            let worker = Worker()
            var names: [String] = []
            for _ in 0..<5 { names.append(await worker.step()) }
            return names
        }
        #expect(names == Array(repeating: "lane-7", count: 5))
    }

    @Test func aBlockedLaneHoldsUpNobodyElse() async throws {
        let gate = DispatchSemaphore(value: 0)
        async let blocked = LaneThread.run("blocked") { Self.wait(gate) }
        // As many as would fill the shared pool of any machine.
        for number in 0..<16 { #expect(try await LaneThread.run("free") { number } == number) }
        gate.signal()
        try await blocked
    }

    private static func wait(_ gate: DispatchSemaphore) { gate.wait() }

    @Test func errorsReachTheCaller() async {
        await #expect(throws: CommandFailure.self) {
            try await LaneThread.run("failing") { throw CommandFailure(.fatal, "no") }
        }
    }
}
