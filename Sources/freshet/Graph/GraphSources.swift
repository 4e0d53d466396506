import CommandKit
import FreshetConfig
import FreshetCore
import PostgresLink

/// Where the graph commands find graph and database: in the configuration, or named on the line.
struct GraphSources {
    static let graphOption = CommandOption("graph", .text("FILE"), "the graph file, instead of the configuration's")
    static let postgresOption = CommandOption(
        "postgres", .text("URL"), "the database, instead of the configuration's")

    let invocation: Invocation

    func graph() throws -> LoadedGraph {
        if let file = invocation.text("graph") { return try GraphFile.load(path: file) }
        return try GraphFile.load(path: try settings().graph)
    }

    func postgres() throws -> PostgresSettings {
        if let url = invocation.text("postgres") { return PostgresSettings(url: url) }
        return PostgresSettings(try settings().postgres)
    }

    private func settings() throws -> Settings {
        var environment = invocation.environment
        // What the line says need not stand in the configuration.
        if let file = invocation.text("graph") { environment["FRESHET_GRAPH"] = file }
        return try ConfigLoader.load(file: invocation.text("config"), environment: environment).get().settings
    }
}
