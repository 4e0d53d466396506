import Foundation
import FreshetCore
import FreshetWorker
import PostgresLink
import TestServers
import Testing

/// A row that can't be read for a while leaves its batch for the retry topic, and comes back.
@Suite struct WorkerRetryTests {
    /// The read model of a match asks a function that finds some of them busy, as a lock would.
    private static func bench(_ brokers: KafkaBrokers) throws -> WorkerBench {
        let bench = try WorkerBench(
            brokers,
            graph: {
                $0.replacing(
                    "from rm_match where id = any($1)", with: "from rm_match where id = any($1) and is_free(id)")
            })
        try bench.connection().execute(
            """
            create table busy (id bigint primary key);
            create function is_free(wanted bigint) returns boolean stable language plpgsql as $$
            begin
                if exists (select from busy where id = wanted) then
                    raise exception 'match % is busy', wanted using errcode = '55P03';
                end if;
                return true;
            end $$;
            grant select on busy to public;
            """)
        return bench
    }

    private func isCached(_ bench: WorkerBench, _ match: Int) async throws -> Bool {
        try await bench.cache().get([Array("v1:match:\(match)".utf8)])[0] != nil
    }

    /// The other ids of the batch go on, the busy one waits elsewhere, and what it says at last is what the row says.
    @Test(arguments: KafkaBrokers.available)
    func aBusyRowHoldsUpNobodyAndComesBack(_ brokers: KafkaBrokers) async throws {
        let bench = try Self.bench(brokers)
        // A round takes a second, and the row is busy for as long as it takes to look.
        try bench.writeConfig(bench.config, rounds: 1_000)
        let play = try LeaguePlay(bench)
        try play.announceAll()
        let worker = try bench.worker()
        try await worker.ready()
        try await bench.catchUp(play)
        try bench.connection().execute("insert into busy values (5)")
        for _ in 0..<5 { for match in ["5", "6", "7"] { try play.announce(match: match) } }
        try play.flush()
        try await bench.catchUp(play)
        try await wait("it is deferred") { !worker.said("record-deferred").isEmpty }
        #expect(try await isCached(bench, 6))
        #expect(try await !isCached(bench, 5), "invalidated before it was deferred")
        let retries = try bench.records(of: "\(bench.topic).\(bench.group).retry")
        let head = try #require(retries.first.flatMap { LetterHead(ours: $0.headers) })
        #expect(head.origin.partition.topic == bench.topic)
        #expect(head.disposition == .retry && head.notBefore != nil)

        try bench.connection().execute("delete from busy")
        try await wait("it is read") { try await isCached(bench, 5) }
        #expect(try await CacheOracle(bench: bench).compare().stale == [])
        #expect(try await bench.counts(play).total == Int64(play.produced), "deferred is an outcome")
        #expect(try await bench.counts(play).deferred > 0)
        let account = try await worker.stop()
        #expect(account.count("adds-up") == 1)
        #expect(account.count("dead-lettered") == 0)
    }

    /// After so many rounds a person decides; the letter still names where the record first stood.
    @Test(arguments: KafkaBrokers.available)
    func afterItsRoundsItIsDeadLettered(_ brokers: KafkaBrokers) async throws {
        let bench = try Self.bench(brokers)
        try bench.writeConfig(bench.config, rounds: 2)
        let play = try LeaguePlay(bench)
        try play.announceAll()
        let worker = try bench.worker()
        try await worker.ready()
        try await bench.catchUp(play)
        try bench.connection().execute("insert into busy values (5)")
        for match in ["5", "6"] { try play.announce(match: match, partition: 1) }
        let offset = play.ends[Partition(topic: bench.topic, number: 1)].map { $0 - 2 }
        try play.flush()
        try await wait("it is dead-lettered") { !worker.said("record-rejected").isEmpty }
        #expect(worker.said("record-deferred").count >= 2)
        var letters: [RecordCopy] = []
        try await wait("the letter is there") {
            letters = try bench.records(of: "\(bench.topic).dlq")
            return !letters.isEmpty
        }
        let head = try #require(letters.first.flatMap { LetterHead(ours: $0.headers) })
        #expect(head.origin.partition == Partition(topic: bench.topic, number: 1))
        #expect(head.origin.offset == offset)
        #expect(head.disposition == .reject && head.attempts >= 2)
        #expect(head.message.contains("match 5 is busy"))
        _ = try await worker.stop()
    }
}
