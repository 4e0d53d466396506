import Foundation
import FreshetConfig
import FreshetCore

/// Graph files as text, and what comes of them.
enum GraphText {
    static let file = "g.yaml"

    static func compile(_ text: String, sqlFiles: [String: String] = [:]) throws -> LoadedGraph {
        let node = try YAMLReader.read(Array(text.utf8), file: file).get()
        return try GraphFile.compile(node, file: file) { name in
            sqlFiles[name].map { .success($0) } ?? .failure(SQLFileError(reason: "there is no such file"))
        }
    }

    /// All problems, one line each.
    static func problems(_ text: String) -> [String] {
        do {
            _ = try compile(text)
            return []
        } catch let problems as ConfigProblems {
            return problems.problems.map { "\($0)".replacingOccurrences(of: "\(file):", with: "") }
        } catch {
            return ["\(error)"]
        }
    }

    /// A sound graph of kinds a and b with an edge between them; `replacing` breaks it in one place.
    static let sound = """
        freshet: 1
        topics:
          t:
            format: json
            events: after-commit
            kind: a
        kinds:
          a:
            id: bigint
            version: true
            keys:
              - template: "a:{id}"
                sql: select id, doc, version from rm_a where id = any($1)
                ttl: 30d
                jitter: 5%
          b:
            id: {product_id: bigint, name: text}
            keys:
              - template: "b:{product_id}:{name}"
                sql: select product_id, name, doc from rm_b where (product_id, name) in (select * from unnest($1, $2))
                ttl: 24h
        edges:
          - from: a
            to: b
            sql: select a_id, product_id, name from b where a_id = any($1)

        """

    /// The problems of the sound graph with one text replaced by another.
    static func problems(replacing old: String, with new: String) -> [String] {
        precondition(sound.contains(old), "the sound graph has no \(old)")
        return problems(sound.replacingOccurrences(of: old, with: new))
    }
}
