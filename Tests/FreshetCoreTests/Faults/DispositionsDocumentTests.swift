import Foundation
import FreshetCore
import Testing

/// `Dispositions.md` says what `Disposition` does, no more and no less.
@Suite struct DispositionsDocumentTests {
    /// Heading → code → disposition, from the tables of the page.
    private let tables: [String: [String: Disposition]]

    init() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let page = try String(
            contentsOf: root.appending(path: "Sources/freshet/freshet.docc/Dispositions.md"), encoding: .utf8)
        var tables: [String: [String: Disposition]] = [:]
        var heading = ""
        for line in page.split(separator: "\n") {
            if line.hasPrefix("## ") { heading = String(line.dropFirst(3).prefix { $0 != "," }) }
            let cells = line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
            guard line.hasPrefix("|"), cells.count == 3, let disposition = Disposition(rawValue: cells[1]) else {
                continue
            }
            let code = cells[0].trimmingCharacters(in: ["`", "*"])
            #expect(tables[heading]?[code] == nil, "\(code) stands twice")
            tables[heading, default: [:]][code] = disposition
        }
        self.tables = tables
    }

    @Test func connections() {
        let codes: [(Fault.Code, String)] = [
            (.cannotConnect, "cannotConnect"), (.connectionLost, "connectionLost"), (.timeout, "timeout"),
            (.protocolViolation, "protocolViolation"), (.notPrimary, "notPrimary"),
            (.misconfigured, "misconfigured"),
        ]
        #expect(tables["Connections"]?.count == codes.count)
        for (code, name) in codes {
            #expect(tables["Connections"]?[name] == Disposition.of(Fault(.redis, code, "")), "\(name)")
        }
    }

    /// Every class that a SQLSTATE can have, and the states that have a row of their own.
    @Test func postgres() throws {
        let table = try #require(tables["PostgreSQL"])
        let characters = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ".map(String.init)
        let classes = characters.flatMap { first in characters.map { first + $0 } }
        for name in classes {
            #expect((table[name] ?? table["others"]) == Disposition.of(sqlState: name + "000"), "\(name)")
        }
        for (state, disposition) in table where state.count == 5 {
            #expect(Disposition.of(sqlState: state) == disposition, "\(state)")
        }
        #expect(table.keys.allSatisfy { $0 == "others" || $0.count == 5 || classes.contains($0) })
    }

    @Test func redis() throws {
        let table = try #require(tables["Redis"])
        let words = [
            "LOADING", "READONLY", "OOM", "NOPERM", "NOAUTH", "WRONGPASS", "MISCONF", "CLUSTERDOWN", "TRYAGAIN",
            "MASTERDOWN", "NOREPLICAS", "BUSY", "NOSCRIPT", "UNKILLABLE", "ERR", "MOVED", "ASK", "EXECABORT",
        ]
        for word in words + table.keys {
            #expect((table[word] ?? table["others"]) == Disposition.of(redis: word), "\(word)")
        }
    }

    @Test func kafka() throws {
        let table = try #require(tables["Kafka"])
        let names = [
            "_TRANSPORT", "_ALL_BROKERS_DOWN", "_TIMED_OUT", "_MSG_TIMED_OUT", "_STATE", "_MAX_POLL_EXCEEDED",
            "_AUTHENTICATION", "_RESOLVE", "_SSL", "_AUTO_OFFSET_RESET", "NOT_COORDINATOR",
            "COORDINATOR_LOAD_IN_PROGRESS",
            "ILLEGAL_GENERATION", "UNKNOWN_MEMBER_ID", "REBALANCE_IN_PROGRESS", "TOPIC_AUTHORIZATION_FAILED",
            "GROUP_AUTHORIZATION_FAILED", "UNKNOWN_TOPIC_OR_PART", "NOT_ENOUGH_REPLICAS", "LEADER_NOT_AVAILABLE",
        ]
        for name in names + table.keys {
            #expect((table[name] ?? table["others"]) == Disposition.of(kafka: name, fatal: false), "\(name)")
        }
        #expect(Disposition.of(kafka: "_TRANSPORT", fatal: true) == .fatal)
    }
}
