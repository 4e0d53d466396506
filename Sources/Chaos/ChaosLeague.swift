import FreshetCore
import PostgresLink
import Synchronization

/// What there is to change and to read. Most of it happens around one team and one round at a time: races need a
/// writer and a reader at the same key in the same moment, and a key that everybody left alone shows what they did.
final class ChaosLeague: Sendable {
    /// Of ten choices so many are in focus.
    private static let focused = 7

    private let teams: Int64
    private let rounds: Int64
    private let phases: Int64
    private let matches: Int64
    private let matchesOfTeam: [Int64: [Int64]]
    private let focus = Mutex<(team: Int64, round: Int64)>((1, 1))

    init(_ connection: PostgresConnection) throws {
        func count(_ table: String) throws -> Int64 {
            try connection.query("select count(*) from \(table)").first?.first.flatMap { $0.flatMap { Int64($0) } } ?? 1
        }
        teams = try count("team")
        rounds = try count("event")
        phases = try count("phase")
        matches = try count("match")
        var found: [Int64: [Int64]] = [:]
        for row in try connection.query("select id, home_id, away_id from match") {
            guard let match = row[0].flatMap({ Int64($0) }) else { continue }
            for team in row[1...].compactMap({ $0.flatMap { Int64($0) } }) { found[team, default: []].append(match) }
        }
        matchesOfTeam = found
    }

    /// Another team and round from now on.
    func turn(_ random: inout SplitMix) {
        let next = (Int64.random(in: 1...teams, using: &random), Int64.random(in: 1...rounds, using: &random))
        focus.withLock { $0 = next }
    }

    func team(_ random: inout SplitMix) -> Int64 {
        isFocused(&random) ? focus.withLock { $0.team } : Int64.random(in: 1...teams, using: &random)
    }

    func round(_ random: inout SplitMix) -> Int64 {
        isFocused(&random) ? focus.withLock { $0.round } : Int64.random(in: 1...rounds, using: &random)
    }

    func phase(_ random: inout SplitMix) -> Int64 { Int64.random(in: 1...phases, using: &random) }

    func match(_ random: inout SplitMix) -> Int64 {
        let team = focus.withLock { $0.team }
        if isFocused(&random), let match = matchesOfTeam[team]?.randomElement(using: &random) { return match }
        return Int64.random(in: 1...matches, using: &random)
    }

    private func isFocused(_ random: inout SplitMix) -> Bool {
        Int.random(in: 0..<10, using: &random) < Self.focused
    }
}
