import FreshetConfig
import FreshetCore
import FreshetWorker
import Telemetry

/// The sampler on real parts: connections and a thread of its own, its results as counts and ratios.
package struct ConsistencyFigure: Sendable {
    private let deployment: Deployment
    /// Written by the sampler's thread alone, once it runs.
    private let metrics: LaneMetrics

    package init(_ deployment: Deployment, _ metrics: LaneMetrics) {
        self.deployment = deployment
        self.metrics = metrics
        // Nothing was found stale yet.
        for age in SampleAgeLabel.allCases { metrics.set(.consistency(age), 1_000_000) }
    }

    /// Until the mailbox is closed.
    package func start(_ mailbox: SampleMailbox, _ surroundings: any Surroundings) {
        guard deployment.settings.samplingRate > 0 else { return }
        LaneThread.start("sampler") {
            let models = deployment.models()
            defer { models.disconnect() }
            var counts = Counts()
            let sampler = Sampler(
                graph: deployment.graph.graph, mailbox: mailbox, cache: deployment.cache(), models: models,
                surroundings: surroundings, settings: deployment.settings.samplerSettings,
                observe: { age, outcome in
                    guard let age = SampleAgeLabel(age), let label = SampleLabel(outcome) else { return }
                    metrics.add(.samples(age, label))
                    counts.note(label, age)
                    metrics.set(.consistency(age), counts.partsPerMillion(age))
                })
            await sampler.run()
        }
    }

    private struct Counts {
        private var checked = Array(repeating: Int64(0), count: SampleAgeLabel.allCases.count)
        private var stale = Array(repeating: Int64(0), count: SampleAgeLabel.allCases.count)

        mutating func note(_ label: SampleLabel, _ age: SampleAgeLabel) {
            if label != .skipped { checked[age.rawValue] += 1 }
            if label == .stale { stale[age.rawValue] += 1 }
        }

        func partsPerMillion(_ age: SampleAgeLabel) -> Int64 {
            let all = checked[age.rawValue]
            return all == 0 ? 1_000_000 : (all - stale[age.rawValue]) * 1_000_000 / all
        }
    }
}
