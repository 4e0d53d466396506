import CommandKit
import FreshetConfig
import FreshetCore
import Wiring

/// The control record names whose prefix it is: nobody else's command may change anything there.
enum DeploymentOwner {
    static func check(_ owner: String?, _ deployment: Deployment) throws(CommandFailure) {
        let prefix = deployment.graph.graph.namespace.prefix
        guard let owner, owner != deployment.settings.deployment else { return }
        throw CommandFailure(
            .usage,
            "The keys under the prefix `\(prefix)` belong to deployment `\(owner)`, and this configuration is "
                + "`\(deployment.settings.deployment)`'s: give it a prefix of its own, or the same deployment name.")
    }

    static func check(_ cache: any CacheStore, _ deployment: Deployment) async throws {
        try check(try await cache.look([]).record?.owner, deployment)
    }

    static func check(_ record: ControlView.Record, _ deployment: Deployment) throws(CommandFailure) {
        try check(record.owner, deployment)
    }
}
