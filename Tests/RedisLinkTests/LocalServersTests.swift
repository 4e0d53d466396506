import Foundation
import LocalServers
import Testing

@Suite struct LocalServersTests {
    private func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }

    @Test func folderIsRemovedWithItsContents() throws {
        var folder: TemporaryFolder? = try TemporaryFolder()
        let path = try #require(folder).path
        let inner = try #require(folder).folder("inner")
        try "x".write(toFile: "\(inner)/file", atomically: false, encoding: .utf8)
        #expect(path.contains("/freshet-"))
        folder = nil
        #expect(!exists(path))
    }

    @Test func portsAreNotHandedOutTwice() throws {
        let ports = try (0..<50).map { _ in try FreePort.find() }
        #expect(Set(ports).count == 50)
    }

    @Test func redisStartsStallsDiesAndComesBack() throws {
        let folder = try TemporaryFolder()
        let server = try RedisServer(folder: folder.path)
        #expect(Loopback.ask(port: server.port, "PING\r\n", within: 20_000) == "+PONG\r\n")
        server.suspend()
        #expect(Loopback.ask(port: server.port, "PING\r\n", within: 100) == nil)
        server.resume()
        #expect(Loopback.ask(port: server.port, "PING\r\n", within: 20_000) == "+PONG\r\n")
        let first = try #require(server.pid)
        server.kill()
        #expect(!server.isRunning)
        #expect(Loopback.ask(port: server.port, "PING\r\n", within: 100) == nil)
        try server.restart()
        #expect(server.pid != first)
        #expect(Loopback.ask(port: server.port, "PING\r\n", within: 20_000) == "+PONG\r\n")
        server.stop()
        #expect(Loopback.ask(port: server.port, "PING\r\n", within: 100) == nil)
    }

    @Test func replicaFollows() throws {
        let folder = try TemporaryFolder()
        let primary = try RedisServer(folder: folder.folder("primary"))
        let replica = try RedisServer(folder: folder.folder("replica"), replicaOf: primary.port)
        let role = Loopback.ask(port: replica.port, "ROLE\r\n", within: 20_000) ?? ""
        #expect(role.contains("slave"))
    }

    @Test func aServerThatCannotStartSaysWhy() throws {
        let folder = try TemporaryFolder()
        let failure = #expect(throws: ServerFailure.self) {
            try RedisServer(folder: folder.path, options: ["maxmemory": "nonsense"])
        }
        #expect(failure?.description.contains("maxmemory") == true)
    }

    @Test func processRunsAsTheNamedUser() throws {
        guard geteuid() == 0 else { return }
        let folder = try TemporaryFolder()
        let place = try folder.folder("place", owner: "nobody")
        let process = try ServerProcess(
            executable: "sh", arguments: ["-c", "id -un; pwd; exec sleep 100"], workingFolder: place, user: "nobody",
            log: "\(folder.path)/log", pidFile: "\(folder.path)/sh.pid")
        var words = ""
        for _ in 0..<6_000 where !words.contains("place") {
            usleep(10_000)
            words = process.lastWords
        }
        #expect(words == "nobody | \(place)")
        process.terminate(within: 5_000)
        #expect(!process.isRunning)
        #expect(kill(process.pid, 0) == -1)
    }

    /// What a crashed run left is ended by the next one, but a pid that now belongs to another process never is.
    @Test func leftoverIsEndedOnlyIfItIsStillTheSameProcess() throws {
        let folder = try TemporaryFolder()
        let pidFile = "\(folder.path)/sleep.pid"
        let left = try ServerProcess(
            executable: "sleep", arguments: ["100"], log: "\(folder.path)/log", pidFile: pidFile)
        let mark = try String(contentsOfFile: pidFile, encoding: .utf8)
        let started = try #require(UInt64(mark.split { $0 == " " || $0 == "\n" }[1]))

        try "\(left.pid) \(started + 1)\n".write(toFile: pidFile, atomically: true, encoding: .utf8)
        ServerProcess.endLeftover(pidFile: pidFile)
        #expect(left.isRunning)

        try mark.write(toFile: pidFile, atomically: true, encoding: .utf8)
        ServerProcess.endLeftover(pidFile: pidFile)
        for _ in 0..<6_000 where left.isRunning { usleep(10_000) }
        #expect(!left.isRunning)
        #expect(!exists(pidFile))
    }
}
