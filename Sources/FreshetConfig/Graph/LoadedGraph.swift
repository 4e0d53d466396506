import FreshetCore

/// A graph that passed every check which needs no database, and what is known of it besides.
package struct LoadedGraph: Sendable {
    package var graph: Graph
    /// As the user named it.
    package var file: String
    /// Where each of `graph.statements` stands.
    package var statementPlaces: [Place]
    /// What only its author can answer; `freshet graph check` asks.
    package var questions: [ConfigProblem]

    package init(graph: Graph, file: String, statementPlaces: [Place], questions: [ConfigProblem]) {
        self.graph = graph
        self.file = file
        self.statementPlaces = statementPlaces
        self.questions = questions
    }
}
