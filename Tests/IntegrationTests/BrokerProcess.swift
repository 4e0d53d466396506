import Foundation
import LocalServers
import TestServers

/// `freshet broker` as a child, with its command line in our hands.
final class BrokerProcess {
    private let process = Process()
    private let input = Pipe()
    private let output = Pipe()
    let bootstrap: String

    init(topics: [String], partitions: Int) throws {
        process.executableURL = URL(filePath: TestEnvironment.binary)
        process.arguments = ["broker"] + topics.flatMap { ["--topic", "\($0):\(partitions)"] }
        process.standardInput = input
        process.standardOutput = output
        try process.run()
        let first = Self.line(from: output.fileHandleForReading)
        guard first.hasPrefix("bootstrap=") else { throw ServerFailure("freshet broker said: \(first)") }
        bootstrap = String(first.dropFirst("bootstrap=".count))
    }

    deinit {
        guard process.isRunning else { return }
        kill(process.processIdentifier, SIGKILL)
        process.end()
    }

    /// One line of its language; its answer.
    func tell(_ line: String) throws {
        try input.fileHandleForWriting.write(contentsOf: Data((line + "\n").utf8))
        let answer = Self.line(from: output.fileHandleForReading)
        guard answer == "ok" else { throw ServerFailure("freshet broker said: \(answer)") }
    }

    private static func line(from handle: FileHandle) -> String {
        var bytes: [UInt8] = []
        while let byte = try? handle.read(upToCount: 1)?.first, byte != UInt8(ascii: "\n") { bytes.append(byte) }
        return String(decoding: bytes, as: UTF8.self)
    }
}
