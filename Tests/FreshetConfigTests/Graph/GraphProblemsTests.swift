import Foundation
import FreshetConfig
import Testing

/// Each mistake in an otherwise sound graph: one message, with the line, what is wrong and what would be right.
@Suite struct GraphProblemsTests {
    @Test func theSoundGraphHasNone() {
        #expect(GraphText.problems(GraphText.sound) == [])
    }

    @Test(
        arguments: [
            (
                "freshet: 1\n", "freshet: 2\n",
                "1: freshet: `2` is no version of this format that is known here; write `freshet: 1`"
            ),
            ("freshet: 1\n", "", "1: freshet: is missing; write `freshet: 1`, the version of the file's format"),
            ("freshet: 1\n", "freshet: 1\nknids: {}\n", "2: knids: there is no such setting; did you mean `kinds`?"),
            ("freshet: 1\n", "freshet: 1\nbounds: 7\n", "2: bounds: is the value `7`; write depth and fan-out"),
            (
                "freshet: 1\n", "freshet: 1\nbounds: {depth: 0}\n",
                "2: bounds.depth: `0` is no whole number from 1 to 64; write one of these"
            ),
            ("freshet: 1\n", "freshet: 1\nbounds:\n", "2: bounds: has no value; give it one, or leave the line out"),
            (
                "freshet: 1\n", "freshet: 1\nnamespace: {separator: \"-\"}\n",
                "2: namespace.separator: `-` can't be the separator; write one character that ids hold only escaped: "
                    + "`!` `#` `$` `&` `/` `:` `;` `|` `~`"
            ),
            (
                "freshet: 1\n", "freshet: 1\nnamespace: {prefix: \"v*\"}\n",
                "2: namespace.prefix: holds the glob character `*`; write a short prefix such as `v1`"
            ),
            (
                "freshet: 1\n", "freshet: 1\nnamespace: {max-key-length: 20}\n",
                "13: kinds.a.keys[0].template: yields keys of 25 bytes, more than namespace.max-key-length allows "
                    + "(20); "
                    + "shorten its words, or raise the bound"
            ),
        ] as [(String, String, String)])
    func ofTheWhole(_ old: String, _ new: String, _ message: String) {
        #expect(GraphText.problems(replacing: old, with: new) == [message])
    }

    @Test(
        arguments: [
            (
                "    id: bigint\n", "",
                "8: kinds.a.id: is missing; write `id: bigint`, `uuid` or `text`, or the parts of a composite id "
                    + "with their types"
            ),
            ("    id: bigint\n", "    id: bigin\n", "9: kinds.a.id: `bigin` is unknown here; did you mean `bigint`?"),
            (
                "    version: true\n", "    version: maybe\n",
                "10: kinds.a.version: `maybe` is neither true nor false; write `true` or `false`"
            ),
            (
                "    version: true\n", "    version: true\n    onreach: refresh\n",
                "11: kinds.a.onreach: there is no such setting; did you mean `on-reach`?"
            ),
            (
                "    version: true\n", "    version: true\n    on-reach: fresh\n",
                "11: kinds.a.on-reach: `fresh` is unknown here; did you mean `refresh`?"
            ),
            (
                "    version: true\n", "    version: true\n    remove-ahead: true\n",
                "8: kinds.a.remove-ahead: is for keys that are removed, but a is refreshed; write `on-change: "
                    + "invalidate`, or leave `remove-ahead` out"
            ),
            (
                "    version: true\n", "    gate: {deadline: 30s}\n",
                "8: kinds.a.gate: needs the row's version to compare with the event's; add `version: true`, and the "
                    + "column `version` to the SQL"
            ),
            (
                "    version: true\n", "    version: true\n    gate: {interval: 1s}\n",
                "11: kinds.a.gate.deadline: is missing; say how long the row may stay behind its event, e.g. "
                    + "`deadline: 30s`"
            ),
            (
                "    version: true\n", "    version: true\n    second-sweep: 0s\n",
                "11: kinds.a.second-sweep: `0s` is not between 1ms and 1d; write a duration in between"
            ),
            (
                "    version: true\n", "    version: true\n    upkeep: {at-start: warm}\n",
                "11: kinds.a.upkeep: nothing says which entities of a to load; add `warm-sql`, which lists their ids"
            ),
            (
                "{product_id: bigint, name: text}", "{product_id: bigint, doc: text}",
                "17: kinds.b.id.doc: `doc` can't be the name of a part; write the name of the column: small "
                    + "letters, digits and `_`, but neither `doc` nor `version`"
            ),
            (
                "        ttl: 30d\n", "        ttl: 30\n",
                "14: kinds.a.keys[0].ttl: `30` is no duration; write a whole number with a unit: 30d, 24h, 15m, 10s "
                    + "or 250ms"
            ),
            (
                "        ttl: 30d\n", "        ttl: 0s\n",
                "14: kinds.a.keys[0].ttl: `0s` is not between 1ms and 3650d; write a duration in between"
            ),
            (
                "        ttl: 30d\n", "",
                "12: kinds.a.keys[0].ttl: is missing; say how long a value may live, e.g. `ttl: 30d`"
            ),
            (
                "        ttl: 30d\n", "        ttl: 30d\n        max-size: 64KB\n",
                "15: kinds.a.keys[0].max-size: `64KB` is no size; write a whole number with a unit: 512B, 64KiB, "
                    + "16MiB or 1GiB"
            ),
            (
                "jitter: 5%", "jitter: 5",
                "15: kinds.a.keys[0].jitter: `5` is neither a percentage nor a duration; write it as `5%` or as `10m`"
            ),
            (
                "jitter: 5%", "jitter: 60%",
                "15: kinds.a.keys[0].jitter: `60%` is more than half of the time to live; write at most 50%"
            ),
            (
                "jitter: 5%", "jitter: 16d",
                "15: kinds.a.keys[0].jitter: `16d` is more than half of the time to live; write a shorter one"
            ),
            (
                "        sql: select id, doc, version from rm_a where id = any($1)\n", "        sql-file: a.sql\n",
                "13: kinds.a.keys[0].sql-file: can't read `a.sql`: there is no such file; paths are relative to the "
                    + "graph file"
            ),
            (
                "        ttl: 30d\n", "        ttl: 30d\n        sql-file: a.sql\n",
                "15: kinds.a.keys[0].sql-file: stands beside `sql`; keep one of the two"
            ),
        ] as [(String, String, String)])
    func ofKinds(_ old: String, _ new: String, _ message: String) {
        #expect(
            GraphText.problems(replacing: old, with: new).contains(message),
            "\(GraphText.problems(replacing: old, with: new))")
    }

    @Test(
        arguments: [
            (
                "a:{id}", "a:{ident}",
                ["12: kinds.a.keys[0].template: `{ident}` is no part of the id of a; only `id` is known"]
            ),
            (
                "a:{id}", "a:{id",
                ["12: kinds.a.keys[0].template: has a `{` without its `}`; write a template such as `a:{id}`"]
            ),
            (
                "a:{id}", "a:id}",
                ["12: kinds.a.keys[0].template: holds a `}` without its partner; write a template such as `a:{id}`"]
            ),
            (
                "a:{id}", "a*:{id}",
                ["12: kinds.a.keys[0].template: holds the glob character `*`; write a template such as `a:{id}`"]
            ),
            (
                "a:{id}", "a%:{id}",
                [
                    "12: kinds.a.keys[0].template: holds `%`, which begins an escaped byte in keys; write a "
                        + "template such as `a:{id}`"
                ]
            ),
            (
                "a:{id}", "a :{id}",
                ["12: kinds.a.keys[0].template: holds a space or control character; write a template such as `a:{id}`"]
            ),
            ("\"a:{id}\"", "\"\"", ["12: kinds.a.keys[0].template: is empty; write a template such as `a:{id}`"]),
            (
                "\"a:{id}\"", "a",
                [
                    "12: kinds.a.keys[0].template: doesn't use {id}: several entities would share one key; use "
                        + "every part of the id"
                ]
            ),
            (
                "a:{id}", "v1:a:{id}",
                [
                    "12: kinds.a.keys[0].template: begins with the namespace's prefix `v1:`, which is put in front "
                        + "of every key anyway; write `a:{id}`"
                ]
            ),
            (
                "b:{product_id}:{name}", "b:{product_id}",
                [
                    "19: kinds.b.keys[0].template: doesn't use {name}: several entities would share one key; use "
                        + "every part of the id"
                ]
            ),
            (
                "b:{product_id}:{name}", "b:{product_id}{name}",
                [
                    "19: kinds.b.keys[0].template: two ids can yield the same key, such as `v1:b:100`; put a `:` "
                        + "between the parts"
                ]
            ),
            (
                "b:{product_id}:{name}", "{name}:{product_id}",
                [
                    "19: kinds.b.keys[0].template: can yield `v1:freshet:0`, and keys that begin with `v1:freshet` "
                        + "are Freshet's own; begin the template with another word",
                    "19: kinds.b.keys[0].template: can yield the same key as `a:{id}` of a, such as `v1:a:0`; begin "
                        + "each template with a word of its own",
                ]
            ),
            (
                "a:{id}", "freshet:{id}",
                [
                    "12: kinds.a.keys[0].template: can yield `v1:freshet:0`, and keys that begin with `v1:freshet` "
                        + "are Freshet's own; begin the template with another word"
                ]
            ),
        ] as [(String, String, [String])])
    func ofTemplates(_ old: String, _ new: String, _ messages: [String]) {
        #expect(GraphText.problems(replacing: old, with: new) == messages)
    }

    @Test(
        arguments: [
            (
                "where id = any($1)", "where id = 1",
                [
                    "13: kinds.a.keys[0].sql: uses no parameter; use exactly $1: one array for each part of the id "
                        + "that it is asked for"
                ]
            ),
            (
                "unnest($1, $2)", "unnest($1, $3)",
                [
                    "20: kinds.b.keys[0].sql: uses $1, $3; use exactly $1, $2: one array for each part of the id "
                        + "that it is asked for"
                ]
            ),
            ("where id = any($1)", "where id = any($1) and x <> '$2' -- $3", []),
            ("select id, doc, version from", "delete from", ["13: kinds.a.keys[0].sql: is no query; write a `select`"]),
            (
                "where id = any($1)", "where id = any($1); drop table a",
                ["13: kinds.a.keys[0].sql: holds more than one statement; write one `select`"]
            ),
            ("where id = any($1)", "where id = any($1);", []),
        ] as [(String, String, [String])])
    func ofSQL(_ old: String, _ new: String, _ messages: [String]) {
        #expect(GraphText.problems(replacing: old, with: new) == messages)
    }

    @Test(
        arguments: [
            ("    to: b\n", "    to: c\n", ["24: edges[0].to: there is no kind `c`; did you mean `a`?"]),
            (
                "    to: b\n", "",
                [
                    "23: edges[0].to: is missing; name the kind that changes with it",
                    "16: kinds.b: no event changes b, and no edge leads to it; map a topic's events to it, add an "
                        + "edge to it, or remove it",
                ]
            ),
            (
                "    to: b\n", "    to: b\n    depends-on: a\n",
                [
                    "23: edges[0]: is declared in both directions; write either `from` and `to`, or `kind` and "
                        + "`depends-on`"
                ]
            ),
            (
                "    to: b\n", "    to: b\n    all: true\n",
                [
                    "23: edges[0]: says in 2 ways how the dependants are found; write exactly one of `sql`, "
                        + "`field`, `all: true` or `pattern`"
                ]
            ),
            (
                "    sql: select a_id", "    stop: x\n    sql: select a_id",
                ["25: edges[0].stop: there is no such setting; did you mean `stops`?"]
            ),
            (
                "    sql: select a_id, product_id, name from b where a_id = any($1)\n", "",
                [
                    "23: edges[0]: doesn't say how the dependants are found; write exactly one of `sql`, `field`, "
                        + "`all: true` or `pattern`"
                ]
            ),
            (
                "    sql: select a_id, product_id, name from b where a_id = any($1)\n", "    field: b\n",
                ["23: edges[0]: one field can't hold the id of b, which has 2 parts; resolve it by `sql`"]
            ),
            (
                "    sql: select a_id, product_id, name from b where a_id = any($1)\n",
                "    all: true\n    remembers: true\n",
                [
                    "26: edges[0].remembers: has no meaning here: only what an edge by `sql` found is remembered; "
                        + "leave it out"
                ]
            ),
            (
                "    sql: select a_id", "    read-model: view\n    sql: select a_id",
                ["25: edges[0].read-model: `view` is unknown here; known are `same-transaction`, `projected`"]
            ),
        ] as [(String, String, [String])])
    func ofEdges(_ old: String, _ new: String, _ messages: [String]) {
        let found = GraphText.problems(replacing: old, with: new)
        #expect(found.first == messages.first)
    }

    @Test func allOfThemAtOnce() {
        let text = GraphText.sound.replacingOccurrences(of: "ttl: 30d", with: "ttl: 30")
            .replacingOccurrences(of: "to: b", with: "to: bb").replacingOccurrences(of: "kind: a", with: "knid: a")
        #expect(
            GraphText.problems(text).map { $0.prefix { $0 != ";" } } == [
                "3: topics.t: doesn't say which kind its events are about",
                "6: topics.t.knid: there is no such setting",
                "14: kinds.a.keys[0].ttl: `30` is no duration",
                "24: edges[0].to: there is no kind `bb`",
            ])
    }
}
