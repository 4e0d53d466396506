import Foundation
import FreshetCore
import PostgresLink
import TestServers
import Testing

/// Prints what one connection reads; run with FRESHET_TEST_SPEED=1.
@Suite struct ThroughputTests {
    @Test(.enabled(if: TestEnvironment.measures))
    func batchedReads() async throws {
        let url = try SharedPostgres.database(
            """
            create table doc (id bigint primary key, doc jsonb, version bigint);
            insert into doc select i, jsonb_build_object('id', i, 'text', repeat('x', 170)), i
            from generate_series(1, 100000) i;
            vacuum analyze doc;
            """.replacing("vacuum analyze doc;", with: "analyze doc;"))
        let models = PostgresReadModels(
            .patient(url),
            statements: [.readModel("select id, doc, version from doc where id = any($1)", version: true)])
        for (ids, queries) in [(500, 1), (500, 4), (1, 1), (5000, 1)] {
            var rows = 0
            var trips = 0
            let clock = ContinuousClock()
            let cpu = Self.processorSeconds()
            let start = clock.now
            while clock.now - start < .seconds(1) {
                let asked = (0..<queries).map { _ in
                    ReadQuery(statement: 0, parts: [.bigint((0..<ids).map { _ in Int64.random(in: 1...100_000) })])
                }
                for result in try await models.read(asked).results { rows += try result.get().count }
                trips += 1
            }
            let seconds =
                Double((clock.now - start).components.attoseconds) / 1e18
                + Double((clock.now - start).components.seconds)
            let used = Self.processorSeconds() - cpu
            print(
                "\(ids) ids x \(queries) queries: \(Int(Double(rows) / seconds)) rows/s,",
                "\(Int(Double(trips) / seconds)) round trips/s, client CPU \(Int(100 * used / seconds)) %,",
                "\(Int(used / Double(max(rows, 1)) * 1e9)) ns client CPU a row")
            #expect(rows > 0)
        }
    }

    private static func processorSeconds() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}
