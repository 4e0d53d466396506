import CommandKit
import Foundation

/// A report of an earlier run, as far as it is compared.
package struct KeptReport {
    struct Figure: Decodable {
        var median: Double
        var spread: Double
    }

    struct Entry: Decodable {
        var worker: Figure
        var memory: Figure?
    }

    struct Ratio: Decodable {
        var `case`: String
        var ratio: Double
        var spread: Double
    }

    private struct Content: Decodable {
        var version: Int64
        var rounds: Int
        var ratios: [Ratio]
        var product: [String: Entry]
    }

    let file: String
    private let content: Content

    var rounds: Int { content.rounds }
    var ratios: [Ratio] { content.ratios }
    var product: [String: Entry] { content.product }

    package init(file: String) throws {
        self.file = file
        guard let data = FileManager.default.contents(atPath: file) else {
            throw CommandFailure(.usage, "--compare \(file): the file can't be read.")
        }
        guard let content = try? JSONDecoder().decode(Content.self, from: data), content.version == BenchReport.version
        else {
            throw CommandFailure(
                .usage, "--compare \(file): that is no report of this version's `freshet bench --output json`.")
        }
        self.content = content
    }
}
