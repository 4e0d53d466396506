/// Tables, graph and configuration of a measurement: what a user would write.
enum BenchTables {
    /// An entity and, reached through it, `fanOut` others.
    static func sql(_ bench: BenchCase, entities: Int) -> String {
        let name = bench.dataset
        let text = "repeat('x', \(textBytes(bench.documentBytes)))"
        let view = "repeat('x', \(textBytes(viewBytes)))"
        return """
            create schema \(name);
            create table \(name).item (id bigint primary key, doc jsonb);
            create table \(name).view (id bigint primary key, item_id bigint, doc jsonb);
            insert into \(name).item select i, jsonb_build_object('id', i, 'text', \(text))
            from generate_series(1, \(entities)) i;
            insert into \(name).view
            select v, (v - 1) / \(bench.fanOut) + 1, jsonb_build_object('id', v, 'text', \(view))
            from generate_series(1, \(entities * bench.fanOut)) v;
            create index on \(name).view (item_id);
            analyze \(name).item;
            analyze \(name).view;
            """
    }

    /// The documents of those that are reached: only the changed entity's own has the size that is varied.
    static let viewBytes = 200

    /// What a document holds beside its id.
    static func textBytes(_ documentBytes: Int) -> Int { max(1, documentBytes - 30) }

    static func graph(_ bench: BenchCase, topic: String) -> String {
        """
        freshet: 1
        bounds: {depth: 2, fan-out: 100000}
        topics:
          \(topic): {format: json, events: after-commit, types: auto, fields: {type: type, id: entity}}
        kinds:
          item:
            id: bigint
            on-change: \(bench.mode.rawValue)
            keys:
              - {template: "item:{id}", sql: "select id, doc from \(bench.dataset).item where id = any($1)", ttl: 24h}
          view:
            id: bigint
            keys:
              - {template: "view:{id}", sql: "select id, doc from \(bench.dataset).view where id = any($1)", ttl: 24h}
        edges:
          - {from: item, to: view, sql: "select item_id, id from \(bench.dataset).view where item_id = any($1)"}

        """
    }

    static func configuration(_ bench: BenchCase, _ servers: BenchServers, graph: String, group: String) -> String {
        """
        deployment: bench
        graph: "\(graph)"
        kafka:
          bootstrap: "\(servers.broker.bootstrap)"
          group: "\(group)"
        \(servers.broker.isEmbedded ? "  settings: {fetch.wait.max.ms: 5}" : "")
        redis: {port: \(servers.redis.port)}
        postgres: {url: "\(servers.postgres.url())"}
        worker:
          lanes: \(bench.lanes)
          commit-interval: 200ms
          retry: {rounds: 0}
        dead-letter-topic: {create: false}
        log: {level: info, format: json}

        """
    }
}
