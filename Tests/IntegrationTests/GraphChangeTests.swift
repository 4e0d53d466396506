import Foundation
import FreshetCore
import LocalServers
import RedisLink
import TestServers
import Testing

/// A deploy that changes the graph: real workers with two graph files side by side.
@Suite struct GraphChangeTests {
    /// Another SQL for teams, another template for matches, and one more edge.
    private static func changed(_ graph: String) -> String {
        graph.replacing(
            "select id, doc, version from rm_team", with: "select id, doc || ' ' as doc, version from rm_team"
        )
        .replacing("template: \"match:{id}\"", with: "template: \"game:{id}\"")
        .replacing(
            "\nedges:\n",
            with: """

                edges:
                  - from: team
                    to: phase
                    stops: true
                    read-model: same-transaction
                    sql: >-
                      select t.id, p.id from team t join phase p on p.season_id = t.season_id where t.id = any($1)

                """)
    }

    private func keys(_ bench: WorkerBench, _ pattern: String) async throws -> Int {
        try await bench.cache().scan(pattern: pattern, cursor: 0, count: 100_000).keys.count
    }

    /// What `verify` says with a graph file: every cached value against its SQL, and keys that it doesn't know.
    private func verify(_ bench: WorkerBench, _ config: String) async throws -> [String: Any] {
        let process = try WorkerProcess(
            arguments: ["verify", "--config", config, "--output", "json", "--moment", "200ms"],
            folder: bench.folder.path, name: "verify")
        _ = try await process.end()
        let output = process.output
        let start = try #require(output.range(of: "{\n"))
        let end = try #require(output.range(of: "\n}", options: .backwards))
        let json = try JSONSerialization.jsonObject(with: Data(output[start.lowerBound..<end.upperBound].utf8))
        return json as? [String: Any] ?? [:]
    }

    private func warm(_ bench: WorkerBench, _ config: String) async throws -> Int32 {
        try await WorkerProcess(
            arguments: ["warm", "--config", config, "--execute", "--yes"], folder: bench.folder.path, name: "warm"
        ).end()
    }

    @Test(arguments: KafkaBrokers.available)
    func aRollingDeployAndItsWayBack(_ brokers: KafkaBrokers) async throws {
        let bench = try WorkerBench(brokers)
        let play = try LeaguePlay(bench)
        let folder = bench.folder.path
        let graph = try String(contentsOfFile: "\(folder)/league.yaml", encoding: .utf8)
        try Self.changed(graph).write(toFile: "\(folder)/next.yaml", atomically: true, encoding: .utf8)
        let next = "\(folder)/next-config.yaml"
        try String(contentsOfFile: bench.config, encoding: .utf8).replacing(
            "graph: league.yaml", with: "graph: next.yaml"
        )
        .write(toFile: next, atomically: true, encoding: .utf8)

        let old = try bench.worker("old")
        try await old.ready()
        #expect(try await warm(bench, bench.config) == 0)
        #expect(try await keys(bench, "v1:match:*") == 380)

        // Two of the next come while the old one works: the kinds concerned are rebuilt once.
        let (one, two) = (try bench.worker("one", config: next), try bench.worker("two", config: next))
        try play.playMatches(30)
        try await one.ready()
        try await two.ready()
        try await wait("the old one stands by") { !old.said("graph-waiting").isEmpty }
        try play.playMatches(30)
        for team in 1...8 { try play.rename(team: team, to: "Team \(team)") }
        try await bench.catchUp(play)
        #expect(one.said("graph-changed").count + two.said("graph-changed").count == 1)
        let line = (one.said("graph-changed") + two.said("graph-changed")).first ?? ""
        for kind in ["team", "match", "phase"] { #expect(line.contains("\"\(kind)\""), "\(line)") }
        #expect(!line.contains("\"event\""), "events are read and reached as before")
        #expect(try await keys(bench, "v1:match:*") == 0)
        #expect(try await keys(bench, "v1:event:*") == 38)
        #expect(try await warm(bench, bench.config) == 4, "a command with the former graph writes nothing")
        #expect(try await warm(bench, next) == 0)
        let verdict = try await verify(bench, next)
        #expect(verdict.count("stale") + verdict.count("orphans") + verdict.count("foreign") == 0, "\(verdict)")
        #expect(verdict.count("equal") > 440)

        // One of the old ones that crashes and is restarted stays aside, too.
        old.crash()
        let again = try bench.worker("again")
        try await again.ready()
        try await wait("it stands by, too") { !again.said("graph-waiting").isEmpty }
        #expect(try await keys(bench, "v1:game:*") == 380)

        // The way back: when the last of the next has gone, it goes on.
        _ = try await one.stop()
        _ = try await two.stop()
        try play.playMatches(30)
        try await bench.catchUp(play)
        #expect(again.said("graph-changed").count == 1)
        #expect(try await warm(bench, bench.config) == 0)
        let back = try await verify(bench, bench.config)
        #expect(back.count("stale") + back.count("orphans") + back.count("foreign") == 0, "\(back)")
        #expect(try await keys(bench, "v1:game:*") == 0)
        #expect(try await bench.counts(play).total == Int64(play.produced), "each record is counted once")
        _ = try await again.stop()
    }
}
