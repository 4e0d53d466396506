import FreshetConfig
import Glibc
import KafkaLink
import Wiring

/// What holds on this machine: the settings' warnings, the bound on memory, and the clocks.
struct MachineDoctor {
    let deployment: Deployment

    func settings() -> [Check] {
        let warnings = deployment.warnings.map { warning in
            Check.warning("settings \(warning.setting)", warning.wrong, warning.right)
        }
        return warnings.isEmpty
            ? [.ok("settings", "deployment `\(deployment.settings.deployment)`, graph \(deployment.graph.file)")]
            : warnings
    }

    /// What a worker may fetch ahead and put aside at most, if it gets all partitions.
    func memory(partitions: Int, limit: Int? = MachineDoctor.memoryLimit()) -> Check {
        let lanes = deployment.settings.workerSettings.allLanes
        let kafka = deployment.settings.kafkaSettings.prefetch
        let ahead = lanes * kafka.queueSize << 10 + partitions * kafka.partitionBytes
        let letters = lanes * deployment.settings.worker.batchBytes
        let what =
            "at most \(Self.mebibytes(ahead)) fetched ahead (\(lanes) lanes, \(partitions) partitions) and "
            + "\(Self.mebibytes(letters)) of rejected records"
        guard let limit else { return .ok("memory", what) }
        let of = "\(what), of \(Self.mebibytes(limit))"
        return ahead + letters <= limit / 2
            ? .ok("memory", of)
            : .warning("memory", of, "lower `kafka.prefetch.bytes`, `worker.batch.bytes` or `worker.lanes`")
    }

    /// Each clock against this machine's, and so against each other.
    func clocks(_ clocks: [Diagnosis.Clock]) -> [Check] {
        let bound = Int64(deployment.settings.clockSkew)
        return clocks.map { clock in
            let name = "clock \(clock.name)"
            let side = clock.ahead >= 0 ? "ahead of" : "behind"
            let what = "\(abs(clock.ahead)) ms \(side) this machine (±\(clock.uncertainty) ms)"
            return abs(clock.ahead) - clock.uncertainty > bound
                ? .warning(
                    name,
                    "\(what), over `doctor.clock-skew`: freshness is measured wrong, and what waits for a time comes "
                        + "too early or too late", "let a time service (chrony) set both clocks")
                : .ok(name, what)
        }
    }

    /// The container's, where there is one; else the machine's. Bytes.
    static func memoryLimit() -> Int? {
        let group = ["/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"]
            .compactMap { read($0) }.compactMap { Int($0.prefix { $0.isNumber }) }.first
        let words = (read("/proc/meminfo") ?? "").split(whereSeparator: \.isWhitespace)
        let machine = words.count > 1 ? Int(words[1]).map { $0 << 10 } : nil
        return [group, machine].compactMap { $0 }.filter { $0 > 0 }.min()
    }

    private static func read(_ path: String) -> String? {
        guard let file = fopen(path, "r") else { return nil }
        defer { fclose(file) }
        var bytes = [UInt8](repeating: 0, count: 256)
        let count = fread(&bytes, 1, bytes.count, file)
        return String(decoding: bytes[..<count], as: UTF8.self)
    }

    private static func mebibytes(_ bytes: Int) -> String { "\(bytes >> 20) MiB" }
}
