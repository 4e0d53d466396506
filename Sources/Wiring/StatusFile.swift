import CommandKit
import Foundation
import FreshetCore

/// A small file for probes: one JSON object, replaced whole, so that no reader sees half of it.
package struct StatusFile: Sendable {
    package let path: String

    package init(path: String) { self.path = path }

    package func write(_ view: WorkerState.View, now: Int64 = MachineClock.wall()) {
        let pauses = view.pauses.map { pause in
            JSON.object([
                ("part", .string(pause.part)), ("dependency", .string(pause.fault.dependency.rawValue)),
                ("why", .string(pause.fault.message)), ("advice", .string(Advice.on(pause.fault))),
            ])
        }
        let json = JSON.object([
            ("state", .string(view.phase.rawValue)),
            ("ready", .bool(view.phase == .ready || view.phase == .standingBy)),
            ("why", .array(pauses)), ("partitions", .array(view.partitions.map { .string($0.description) })),
            ("version", .string(Version.number)), ("pid", .int(Int64(getpid()))), ("time", .int(now)),
        ])
        let next = "\(path).\(getpid()).new"
        guard FileManager.default.createFile(atPath: next, contents: Data((json.render() + "\n").utf8)) else { return }
        if rename(next, path) != 0 { unlink(next) }
    }

    /// Before anything starts: a path that can't be written is a mistake of the configuration.
    package func check() throws(CommandFailure) {
        let probe = "\(path).\(getpid()).new"
        guard FileManager.default.createFile(atPath: probe, contents: Data()) else {
            throw CommandFailure(
                .usage, "The status file \(path) can't be written: give a folder that this user may use.")
        }
        unlink(probe)
    }
}
