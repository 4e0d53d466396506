import CommandKit
import FreshetCore
import FreshetWorker

/// An explanation for people and for programs.
struct ExplanationView {
    let explanation: Explanation

    init(_ explanation: Explanation) { self.explanation = explanation }

    var text: String {
        var table = Table([.init("key"), .init("what happens"), .init("path")])
        for (index, entity) in explanation.entities.enumerated() {
            let path = explanation.path(to: index).joined(separator: " → ")
            for key in entity.keys { table.add([key.text, Self.effect(key), path]) }
        }
        for sweep in explanation.sweeps {
            let path = (explanation.path(to: sweep.entity) + [sweep.edge]).joined(separator: " → ")
            for pattern in sweep.patterns { table.add([pattern, "scan and unlink", path]) }
        }
        return ([table.render(), "", summary] + remarks).joined(separator: "\n")
    }

    private var summary: String {
        let keys = explanation.keyCount
        let entities = explanation.entities.count
        return "\(keys) \(keys == 1 ? "key" : "keys") of \(entities) \(entities == 1 ? "entity" : "entities")"
    }

    private var remarks: [String] {
        var remarks: [String] = []
        if explanation.isCut { remarks.append("There are more: raise --limit to see them.") }
        for edge in explanation.unresolved {
            remarks.append("Edge \(edge) reads a field of the event, so what it leads to is known only then.")
        }
        return remarks
    }

    static func effect(_ key: Explanation.Key) -> String {
        key.isTooLong ? "nothing: longer than a key may be" : key.treatment.rawValue
    }

    var json: JSON {
        [
            "entities": .array(
                explanation.entities.indices.map { index in
                    let entity = explanation.entities[index]
                    return [
                        "entity": .string(entity.name), "kind": .string(entity.kind), "level": .int(entity.level),
                        "edge": .string(entity.edge), "stops": .bool(entity.stops),
                        "path": .array(explanation.path(to: index).map { .string($0) }),
                        "keys": .array(entity.keys.map(Self.json)),
                    ]
                }),
            "sweeps": .array(
                explanation.sweeps.map { sweep in
                    [
                        "edge": .string(sweep.edge),
                        "path": .array(explanation.path(to: sweep.entity).map { .string($0) }),
                        "patterns": .array(sweep.patterns.map { .string($0) }),
                    ]
                }),
            "unresolved": .array(explanation.unresolved.map { .string($0) }),
            "isCut": .bool(explanation.isCut),
        ]
    }

    private static func json(_ key: Explanation.Key) -> JSON {
        ["key": .string(key.text), "treatment": .string(key.treatment.rawValue), "isTooLong": .bool(key.isTooLong)]
    }
}
