import FreshetConfig
import Wiring

enum DoctorBench {
    /// The defaults, with a graph of two kinds.
    static func deployment() throws -> Deployment {
        let settings = try ConfigLoader.load(
            text: Array("graph: g.yaml\nkafka: {bootstrap: \"kafka:9092\"}\n".utf8), file: "freshet.yaml",
            environment: [:]
        ).get().settings
        return Deployment(settings: settings, graph: try GraphBench.load(GraphBench.graph))
    }
}
