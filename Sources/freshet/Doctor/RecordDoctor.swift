import CommandKit
import FreshetCore
import RedisLink
import Wiring

/// The control record: whose it is, and what stands in it that somebody should know of.
struct RecordDoctor {
    /// Hundredths of the pending part from which on it is nearly full.
    private static let nearlyFull = 80

    let deployment: Deployment

    func run(_ found: inout Diagnosis) async {
        let prefix = deployment.graph.graph.namespace.prefix
        do throws(Fault) {
            guard let record = try await deployment.cache().look([]).record else {
                return found.ok("redis.record", "none under the prefix `\(prefix)` yet: the first worker makes it")
            }
            owner(record, prefix, &found)
            pending(record, &found)
            for (dependency, order) in record.orders.sorted(by: { $0.key.rawValue < $1.key.rawValue })
            where order != .auto {
                found.warn(
                    "redis.breaker \(dependency.rawValue)", "it was set to \(order.rawValue) by hand, for all workers",
                    "freshet breaker auto \(dependency.rawValue) --execute, when the reason has gone")
            }
            if let rebuilding = record.rebuilding {
                found.ok("redis.rebuild", "under way, by worker \(rebuilding.holder)")
            }
        } catch {
            found.fail("redis.record", error, "check the rights of the user (`deploy/redis.acl`)")
        }
    }

    private func owner(_ record: ControlView.Record, _ prefix: String, _ found: inout Diagnosis) {
        let ours = deployment.settings.deployment
        guard record.owner != ours else {
            return found.ok("redis.record", "the keys under `\(prefix)` belong to this deployment, `\(ours)`")
        }
        found.fail(
            "redis.record", "the keys under `\(prefix)` belong to the deployment `\(record.owner)`; this is `\(ours)`",
            "give this deployment a prefix of its own (`namespace.prefix` of the graph), or, if it is the same one, "
                + "its name (`deployment`)")
    }

    private func pending(_ record: ControlView.Record, _ found: inout Diagnosis) {
        let limit = deployment.settings.worker.pendingLimit
        let what = "\(record.pendingCount) of \(limit) second effects are owed"
        if record.pendingCount * 100 >= limit * Self.nearlyFull {
            found.warn(
                "redis.pending", "\(what): when the part is full, batches wait",
                "are projections far behind? Then mend them; else raise `worker.pending-limit`")
        } else {
            found.ok("redis.pending", what)
        }
    }
}
