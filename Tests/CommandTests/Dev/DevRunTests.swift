import Foundation
import LocalServers
import TestServers
import Testing

/// `freshet dev` as a user runs it: the binary, with servers of its own.
@Suite(.serialized) struct DevRunTests {
    @Test func aShortRunEndsWithAnAccountAndLeavesNothing() throws {
        let place = try TemporaryFolder()
        let run = try DevProcess(["--for", "6s", "--speed", "50"], temporary: place)
        #expect(run.waitForEnd() == 0)
        let output = run.output
        #expect(output.contains("Matchday 1 begins"), "\(output)")
        #expect(output.contains("freshness p50"), "\(output)")
        #expect(output.contains("none stale"), "\(output)")
        #expect(!output.contains("✗"), "\(output)")
        #expect(try run.leftovers() == [])
    }

    @Test func whoTerminatesItGetsTheAccountAsWell() throws {
        let place = try TemporaryFolder()
        let run = try DevProcess(["--speed", "50"], temporary: place)
        #expect(run.waits(for: "full-time"), "\(run.output)")
        run.terminate()
        #expect(run.waitForEnd() == 0)
        #expect(run.output.contains("none stale"), "\(run.output)")
        #expect(try run.leftovers() == [])
    }

    @Test func aCrashIsCleanedUpByTheNextStart() throws {
        let place = try TemporaryFolder()
        let crashed = try DevProcess(["--speed", "50"], temporary: place)
        #expect(crashed.waits(for: "full-time"), "\(crashed.output)")
        crashed.kill()
        #expect(crashed.waitForEnd() != 0)
        #expect(try crashed.leftovers() != [])

        let next = try DevProcess(["--for", "1s"], temporary: place)
        #expect(next.waitForEnd() == 0)
        #expect(try next.leftovers() == [])
    }

    @Test func aWrongBrokerIsNamed() throws {
        let place = try TemporaryFolder()
        let run = try DevProcess(["--kafka", "127.0.0.1:1"], temporary: place)
        #expect(run.waitForEnd() == 3)
        #expect(run.output.contains("127.0.0.1:1"), "\(run.output)")
        #expect(try run.leftovers() == [])
    }
}
