import Foundation
import FreshetCore

/// The first of the table, read back from Redis as a service would: `GET v1:standings:1`.
enum StandingsReader {
    static let rows = 5

    static func top(_ cache: any CacheStore) async throws(Fault) -> [DevState.Row] {
        let key = Array("v1:standings:\(LeagueSeason.id)".utf8)
        guard let value = try await cache.get([key]).first ?? nil else { return [] }
        return parse(value)
    }

    static func parse(_ document: [UInt8]) -> [DevState.Row] {
        guard let standings = try? JSONDecoder().decode(Standings.self, from: Data(document)) else { return [] }
        return standings.table.prefix(rows).map {
            DevState.Row(
                position: $0.position, team: $0.name, played: $0.played, goalDifference: $0.gd, points: $0.points)
        }
    }

    private struct Standings: Decodable {
        var table: [Line]

        struct Line: Decodable {
            var position: Int
            var name: String
            var played: Int
            var gd: Int
            var points: Int
        }
    }
}
