import FreshetCore
import FreshetWorker
import PostgresLink
import Wiring

/// What a worker would do with a letter's record today. Asks the database only where it is wanted.
final class DlqProspects {
    private let deployment: Deployment
    private let limit: Int
    private lazy var models = deployment.models()

    init(_ deployment: Deployment, limit: Int) {
        self.deployment = deployment
        self.limit = limit
    }

    /// A database that is away is no reason not to show the rest.
    func prospect(_ letter: LetterSight) async throws -> DlqShowView.Prospect {
        let topic = letter.head.origin.partition.topic
        if letter.head.isLost { return .none("nothing: the record itself is not in its letter (the message says why)") }
        switch letter.subject.reading {
        case .rejected(let rejection):
            return .none("it would be rejected again: \(rejection.message) (\(rejection.reason.rawValue))")
        case .ignored: return .none("it would be ignored: the graph says nothing about such a record")
        case .strangeTopic: return .none("nothing: the graph has no topic \(topic), so this group never reads it")
        case .changes where limit == 0: return .none(letter.subject.entities.joined(separator: ", "))
        case .changes: break
        }
        if letter.subject.entities.isEmpty {
            return .none("every key of \(letter.subject.kinds.joined(separator: ", ")) would be removed")
        }
        var cascades: [(entity: String, explanation: Explanation)] = []
        do throws(Fault) {
            for name in letter.subject.entities { cascades.append((name, try await explain(name))) }
        } catch {
            return .none(
                "\(letter.subject.entities.joined(separator: ", ")); what depends on it is not known: \(error)")
        }
        return .cascades(cascades)
    }

    private func explain(_ name: String) async throws(Fault) -> Explanation {
        let graph = deployment.graph.graph
        var pool = TextPool()
        guard let entity = try? EntityName.parse(name, graph, pool: &pool) else {
            return Explanation(entities: [], sweeps: [], unresolved: [], isCut: false)
        }
        return try await Explainer.explain(entity, pool: pool, graph: graph, database: models, limit: limit)
    }
}
