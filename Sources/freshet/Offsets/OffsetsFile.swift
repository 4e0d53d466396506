import CommandKit
import Foundation
import FreshetCore

/// A plan as a file: as kafka-consumer-groups exports and reads it, lines of TOPIC,PARTITION,OFFSET (or with the group
/// before them), or as JSON, in the form of Kafka's own JSON files: `{"partitions": [{"topic": …, "partition": …,
/// "offset": …}]}`.
enum OffsetsFile {
    /// Lines that a file may have, and its bytes.
    private static let lineBound = 1_000_000
    private static let byteBound = 64 << 20

    /// `group`: lines of another one aren't meant for this one.
    static func read(path: String, group: String) throws(CommandFailure) -> [Partition: Int64] {
        let data: Data
        do {
            let size = (try FileManager.default.attributesOfItem(atPath: path)[.size] as? NSNumber)?.intValue ?? 0
            guard size <= byteBound else {
                throw CommandFailure(.usage, "`\(path)` has \(size) bytes: a plan has \(byteBound) at most.")
            }
            data = try Data(contentsOf: URL(filePath: path))
        } catch let failure as CommandFailure {
            throw failure
        } catch {
            throw CommandFailure(.usage, "`\(path)` can't be read: \(error.localizedDescription)")
        }
        guard let text = String(validating: data, as: UTF8.self) else {
            throw CommandFailure(.usage, "`\(path)` is not UTF-8 text: a plan is CSV or JSON, as --export writes it.")
        }
        let offsets = try parse(text, path, group: group)
        guard !offsets.isEmpty else { throw CommandFailure(.usage, "`\(path)` names no partition.") }
        return offsets
    }

    static func parse(_ text: String, _ path: String, group: String) throws(CommandFailure) -> [Partition: Int64] {
        if let first = text.first(where: { !$0.isWhitespace }), "{[".contains(first) {
            return try parseJSON(text, path)
        }
        var offsets: [Partition: Int64] = [:]
        let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        guard lines.count <= lineBound else {
            throw CommandFailure(.usage, "`\(path)` has \(lines.count) lines: a plan has \(lineBound) at most.")
        }
        for (index, line) in lines.enumerated() where !line.allSatisfy(\.isWhitespace) {
            let place = "\(path):\(index + 1)"
            var cells = line.split(separator: ",", omittingEmptySubsequences: false).map { cell in
                cell.trimmingCharacters(in: .whitespaces).trimmingCharacters(in: ["\""])
            }
            if cells.count == 4 {
                let named = cells.removeFirst()
                guard named == group else {
                    throw CommandFailure(.usage, "\(place): is of group `\(named)`, and this one is `\(group)`.")
                }
            }
            guard cells.count == 3, !cells[0].isEmpty, let number = Int32(cells[1]), number >= 0,
                let offset = Int64(cells[2]), offset >= 0
            else {
                let shown = String(line.prefix(120))
                throw CommandFailure(
                    .usage, "\(place): `\(shown)` is not TOPIC,PARTITION,OFFSET (or GROUP before them).")
            }
            try add(Partition(topic: cells[0], number: number), offset, place, &offsets)
        }
        return offsets
    }

    private struct Plan: Codable {
        struct Line: Codable {
            var topic: String
            var partition: Int32
            var offset: Int64
        }

        var partitions: [Line]
    }

    private static func parseJSON(_ text: String, _ path: String) throws(CommandFailure) -> [Partition: Int64] {
        let data = Data(text.utf8)
        let decoder = JSONDecoder()
        guard
            let lines = (try? decoder.decode(Plan.self, from: data))?.partitions
                ?? (try? decoder.decode([Plan.Line].self, from: data))
        else {
            throw CommandFailure(
                .usage,
                "`\(path)` is no plan: write {\"partitions\": [{\"topic\": \"T\", \"partition\": 0, \"offset\": 0}]}.")
        }
        var offsets: [Partition: Int64] = [:]
        for (index, line) in lines.enumerated() {
            let place = "\(path): entry \(index + 1)"
            guard line.partition >= 0, line.offset >= 0, !line.topic.isEmpty else {
                throw CommandFailure(.usage, "\(place): topic, partition or offset can't be: \(line)")
            }
            try add(Partition(topic: line.topic, number: line.partition), line.offset, place, &offsets)
        }
        return offsets
    }

    private static func add(
        _ partition: Partition, _ offset: Int64, _ place: String, _ offsets: inout [Partition: Int64]
    ) throws(CommandFailure) {
        guard offsets.updateValue(offset, forKey: partition) == nil else {
            throw CommandFailure(.usage, "\(place): \(partition) stands there twice.")
        }
    }

    static func csv(_ moves: [OffsetsMove]) -> String {
        moves.map { "\($0.place.partition.topic),\($0.place.partition.number),\($0.offset)" }.joined(separator: "\n")
    }

    static func json(_ moves: [OffsetsMove]) -> JSON {
        let lines = moves.map { move in
            JSON.object([
                ("topic", .string(move.place.partition.topic)), ("partition", .int(Int(move.place.partition.number))),
                ("offset", .int(move.offset)),
            ])
        }
        return .object([("partitions", .array(lines)), ("version", .int(1))])
    }
}
