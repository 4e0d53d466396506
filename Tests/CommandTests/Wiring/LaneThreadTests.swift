import Foundation
import Testing

@testable import CommandKit
@testable import Wiring
@testable import freshet

@Suite struct LaneThreadTests {
    private final class Worker {
        func step() async -> UInt {
            await Task.yield()
            return await deeper()
        }

        func deeper() async -> UInt {
            try? await Task.sleep(for: .milliseconds(1))
            return UInt(pthread_self())
        }
    }

    @Test func everythingThatATaskAwaitsStaysOnItsThread() async throws {
        let threads = try await LaneThread.run("lane-7") {
            let worker = Worker()
            var threads: [UInt] = []
            for _ in 0..<5 { threads.append(await worker.step()) }
            return threads
        }
        #expect(threads.count == 5)
        #expect(Set(threads).count == 1)
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
