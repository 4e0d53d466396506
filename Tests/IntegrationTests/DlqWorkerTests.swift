import Foundation
import FreshetCore
import FreshetWorker
import TestServers
import Testing

/// From a deploy that breaks a read model to the cache that is right again, with `freshet dlq` in between.
@Suite struct DlqWorkerTests {
    @Test(arguments: KafkaBrokers.available)
    func aBrokenReadModelIsMendedAndItsLettersAreRetried(_ brokers: KafkaBrokers) async throws {
        let bench = try WorkerBench(
            brokers,
            graph: {
                $0.replacing(
                    "from rm_match where id = any($1)", with: "from rm_match where id = any($1) and is_sound(id)")
            })
        try bench.connection().execute(
            """
            create table broken (id bigint primary key);
            create function is_sound(wanted bigint) returns boolean stable language plpgsql as $$
            begin
                if exists (select from broken where id = wanted) then
                    raise exception 'match % is broken', wanted;
                end if;
                return true;
            end $$;
            grant select on broken to public;
            """)
        let play = try LeaguePlay(bench)
        try play.announceAll()
        let worker = try bench.worker()
        try await worker.ready()
        try await bench.catchUp(play)
        try bench.connection().execute("insert into broken values (5)")
        for match in ["5", "6"] { try play.announce(match: match) }
        try play.flush()
        try await bench.catchUp(play)

        #expect(try dlq(bench, "list", "--id", "match:5", "--kind", "match").contains("match 5 is broken"))
        // Too early: it fails again, and is listed again.
        #expect(try dlq(bench, "retry", "--id", "match:5", "--execute").contains("Sent 1 letter."))
        try await wait("it has failed again") {
            let stats = try JSONSerialization.jsonObject(with: Data(try dlq(bench, "stats", "--output", "json").utf8))
            return (stats as? [String: Any])?["failedAgain"] as? Int == 1
        }

        try bench.connection().execute("delete from broken")
        #expect(try dlq(bench, "retry", "--id", "match:5", "--execute").contains("Sent 1 letter."))
        try await wait("it is in the cache") {
            try await bench.cache().get([Array("v1:match:5".utf8)])[0] != nil
        }
        #expect(try dlq(bench, "list") == "No letters.\n")
        #expect(try await CacheOracle(bench: bench).compare().stale == [])
        let account = try await worker.stop()
        #expect(account.count("adds-up") == 1)
    }

    private func dlq(_ bench: WorkerBench, _ words: String...) throws -> String {
        let process = try DlqProcess(
            ["dlq"] + words + ["--config", bench.config], folder: bench.folder.path, input: nil)
        let result = process.end()
        #expect(result.code == 0, "\(result.err)")
        return result.out
    }
}
