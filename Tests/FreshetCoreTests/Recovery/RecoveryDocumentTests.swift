import Foundation
import FreshetCore
import Testing

/// `Offsets.md` lists the classes and strategies that there are, in their order.
@Suite struct RecoveryDocumentTests {
    private let rows: [[String]]

    init() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let page = try String(
            contentsOf: root.appending(path: "Sources/freshet/freshet.docc/Offsets.md"), encoding: .utf8)
        rows = page.split(separator: "\n").filter { $0.hasPrefix("| `") }.map { line in
            line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
        }
    }

    private func words(_ cell: String) -> [String] {
        cell.split(separator: ",").map { $0.trimmingCharacters(in: [" ", "`"]) }
    }

    @Test func classesInTheirOrderWithTheirStrategies() {
        let classes = RecoveryClass.allCases.filter { $0 != .none }
        let table = rows.filter { $0.count == 3 }
        #expect(table.map { words($0[0])[0] } == classes.map(\.rawValue))
        for (row, found) in zip(table, classes) {
            #expect(words(row[2]) == found.strategies.map(\.rawValue), "\(found)")
        }
    }

    @Test func everyStrategyIsExplained() {
        let explained = rows.filter { $0.count == 2 }.flatMap { words($0[0]) }
        #expect(Set(explained) == Set(RecoveryStrategy.allCases.map(\.rawValue)))
        #expect(explained.count == RecoveryStrategy.allCases.count)
    }
}
