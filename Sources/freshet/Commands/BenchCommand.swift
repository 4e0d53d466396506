import Bench
import CommandKit
import Foundation
import FreshetCore
import Wiring

/// `freshet bench`
enum BenchCommand {
    static let command = Command(
        "bench",
        summary: "measures the product against the limits of its parts",
        discussion: """
            Starts Redis, PostgreSQL and a broker in a folder of its own, fills topics and tables, and measures in one \
            run, in turns: what the parts reach alone (reading a topic, decoding it, UNLINK and SET in pipelines, the \
            fenced script, batched reads, dependants), and what `freshet worker` reaches with a backlog, watched from \
            outside. Then how long single events take at parts of the highest rate.

            Rates depend on the machine and on what else it does; the ratios of one run are what counts. In the first \
            round every key is compared afterwards. The full run takes long (some 20 minutes) and wants a real Kafka: \
            kafka-up and kafka-down in FRESHET_TEST_KAFKA_KIT, or `--kafka HOST:PORT`. Build it with `make build`: a \
            debug build says so and measures nothing worth knowing.

            Ends with 1 when a key was stale, or `--compare` found a ratio that is lower beyond the noise.
            """,
        common: [.output],
        options: [
            .init("quick", .flag, "the most important figures in under a minute, on the embedded broker"),
            .init("warm", .flag, "only `freshet warm`, against streaming the read models and fenced writes"),
            .init("scale", .flag, "how cost grows: one thing varied after the other, on a real Kafka"),
            .init("kafka", .text("WHICH"), "embedded, kit, or HOST:PORT; without it kit where there is one"),
            .init("rounds", .integer(1...100), "how often everything is measured"),
            .init("events", .integer(10_000...100_000_000), "how many events a backlog has"),
            .init("compare", .text("FILE"), "a report of before, as --output json wrote it"),
            .init("chart", .text("FILE"), "also draw it: an SVG file"),
        ],
        examples: [
            .init("freshet bench --quick", "under a minute"),
            .init("freshet bench --warm", "how fast the cache is loaded, and in how much memory"),
            .init("freshet bench --scale --chart growth.svg", "what backlog, partitions, lanes and sizes cost"),
            .init("freshet bench --output json > before.json", "everything, kept"),
            .init("freshet bench --compare before.json", "what got slower since"),
        ],
        run: run)

    private static func run(_ invocation: Invocation) async throws -> ExitCode {
        let isQuick = invocation.flag("quick")
        let kit = invocation.environment["FRESHET_TEST_KAFKA_KIT"].flatMap { $0.isEmpty ? nil : $0 }
        let isWarm = invocation.flag("warm")
        let kafka = invocation.text("kafka") ?? (kit == nil || isQuick || isWarm ? "embedded" : "kit")
        let isScale = invocation.flag("scale")
        guard [isQuick, isWarm, isScale].filter({ $0 }).count < 2 else {
            throw CommandFailure(.usage, "--quick, --warm and --scale exclude each other.")
        }
        var plan: BenchPlan = isWarm ? .warm : isQuick ? .quick : isScale ? .scale : .full
        if let rounds = invocation.integer("rounds") { plan.rounds = Int(rounds) }
        if let events = invocation.integer("events") { plan.events = Int(events) }
        // What a run of many minutes would stumble over at its end.
        let kept = try invocation.text("compare").map { try KeptReport(file: $0) }
        let chart = try invocation.text("chart").map { try place(ofChart: $0) }
        let (console, stop) = (invocation.console, invocation.stop)
        #if DEBUG
            console.say("warning: this is a debug build; `make build` makes the one whose speed means something")
        #endif
        let report = try await LaneThread.run("bench") { [plan] in
            let run = try BenchRun(
                plan, kafka: kafka, kit: kit, stop: { stop.isRequested }, say: { console.say($0) })
            return try await run.play()
        }
        console.print(invocation.output == .json ? report.json.render(indented: true) : report.render())
        if let chart {
            do {
                try BenchChart(report).render().write(toFile: chart, atomically: true, encoding: .utf8)
            } catch {
                throw CommandFailure(.usage, "--chart \(chart): it can't be written.")
            }
        }
        guard let kept else { return .fine }
        let comparison = try BenchComparison(report, since: kept)
        console.say(comparison.render())
        return comparison.isFine ? .fine : .found
    }

    /// The file, where it can be written.
    private static func place(ofChart file: String) throws -> String {
        let files = FileManager.default
        var isFolder: ObjCBool = false
        let exists = files.fileExists(atPath: file, isDirectory: &isFolder)
        let folder = URL(fileURLWithPath: file).deletingLastPathComponent().path
        guard exists ? !isFolder.boolValue && files.isWritableFile(atPath: file) : files.isWritableFile(atPath: folder)
        else { throw CommandFailure(.usage, "--chart \(file): it can't be written.") }
        return file
    }
}
