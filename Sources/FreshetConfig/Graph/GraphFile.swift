import FreshetCore

/// The graph file: YAML → the checked, compiled graph, or everything that is wrong with it at once.
package enum GraphFile {
    /// `readFile` reads what `sql-file` names; a message says why it can't.
    package static func compile(
        _ node: YAMLNode, file: String, readFile: (String) -> Result<String, SQLFileError>
    ) throws(ConfigProblems) -> LoadedGraph {
        let problems = ProblemCollector(file: file)
        let loaded = withoutActuallyEscaping(readFile) { readFile -> LoadedGraph? in
            guard let declared = GraphReader(problems: problems, readFile: readFile).read(node) else { return nil }
            var compiler = GraphCompiler(declared, problems)
            let graph = compiler.compile()
            GraphChecks(graph: graph, compiler: compiler, problems: problems).run()
            return LoadedGraph(
                graph: graph, file: file, statementPlaces: compiler.statementPlaces, questions: compiler.questions)
        }
        guard let loaded, problems.problems.isEmpty else { throw ConfigProblems(problems.problems) }
        return loaded
    }
}

package struct SQLFileError: Error {
    package var reason: String

    package init(reason: String) { self.reason = reason }
}
