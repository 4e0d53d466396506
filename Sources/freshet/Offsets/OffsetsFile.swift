import CommandKit
import Foundation
import FreshetCore

/// A plan as kafka-consumer-groups exports and reads it: lines of TOPIC,PARTITION,OFFSET, or with the group before
/// them.
enum OffsetsFile {
    /// Lines that a file may have.
    private static let bound = 1_000_000

    static func read(path: String) throws(CommandFailure) -> [Partition: Int64] {
        guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
            throw CommandFailure(.usage, "`\(path)` can't be read.")
        }
        return try parse(text, path)
    }

    static func parse(_ text: String, _ path: String) throws(CommandFailure) -> [Partition: Int64] {
        var offsets: [Partition: Int64] = [:]
        for (index, line) in text.split(whereSeparator: \.isNewline).prefix(bound).enumerated() {
            var cells = line.split(separator: ",", omittingEmptySubsequences: false).map { cell in
                cell.trimmingCharacters(in: .whitespaces).trimmingCharacters(in: ["\""])
            }
            if cells.count == 4 { cells.removeFirst() }
            guard cells.count == 3, !cells[0].isEmpty, let number = Int32(cells[1]), number >= 0,
                let offset = Int64(cells[2]), offset >= 0
            else {
                throw CommandFailure(
                    .usage, "\(path):\(index + 1): `\(line)` is not TOPIC,PARTITION,OFFSET (or GROUP before them).")
            }
            let partition = Partition(topic: cells[0], number: number)
            guard offsets.updateValue(offset, forKey: partition) == nil else {
                throw CommandFailure(.usage, "\(path):\(index + 1): \(partition) stands there twice.")
            }
        }
        return offsets
    }

    static func write(_ moves: [OffsetsMove]) -> String {
        moves.map { "\($0.place.partition.topic),\($0.place.partition.number),\($0.offset)" }.joined(separator: "\n")
    }
}
