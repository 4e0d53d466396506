import CommandKit
import Foundation
import FreshetCore
import Telemetry

/// Recovery decisions from the workers' log lines, read as far as they have been written.
final class DecisionLog {
    private var read: [String: UInt64] = [:]
    private(set) var decisions: [RecordAccount.Decision] = []
    /// How often each class was found.
    private(set) var found: [String: Int] = [:]

    func update(_ files: [String]) {
        for file in files {
            guard let handle = FileHandle(forReadingAtPath: file) else { continue }
            defer { try? handle.close() }
            let from = read[file] ?? 0
            guard (try? handle.seek(toOffset: from)) != nil, let data = try? handle.readToEnd() else { continue }
            // A line without its end is still in the making.
            guard let end = data.lastIndex(of: UInt8(ascii: "\n")) else { continue }
            read[file] = from + UInt64(end - data.startIndex + 1)
            for line in data[...end].split(separator: UInt8(ascii: "\n")) { take(line) }
        }
    }

    private struct Line: Decodable {
        var time: String
        var partition: String
        var found: String
        var start: Int64
    }

    private func take(_ line: Data) {
        guard line.range(of: Data("\"recovery-decided\"".utf8)) != nil,
            let entry = try? JSONDecoder().decode(Line.self, from: line), entry.partition.hasSuffix("]"),
            let open = entry.partition.lastIndex(of: "["),
            let number = Int32(entry.partition[entry.partition.index(after: open)...].dropLast())
        else { return }
        found[entry.found, default: 0] += 1
        decisions.append(
            RecordAccount.Decision(
                partition: Partition(topic: String(entry.partition[..<open]), number: number), start: entry.start,
                time: DateTime.milliseconds(entry.time) ?? 0))
    }
}
