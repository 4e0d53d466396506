import Chaos
import CommandKit
import DevLeague
import Foundation
import FreshetCore
import Wiring

/// `freshet chaos`
enum ChaosCommand {
    static let command = Command(
        "chaos",
        summary: "breaks real servers under running workers and compares every key",
        discussion: """
            Starts Redis and PostgreSQL, each with a replica, a broker and some workers on loopback ports in a folder \
            of its own; writers change the sample league and send the events, readers fill the cache after misses. \
            Then comes a seeded series of faults. After each one the writers pause, and every key in Redis is held \
            against its read model.

            Redis and PostgreSQL must be installed. The broker is the embedded one, or `--kafka kit`: the scripts \
            kafka-up and kafka-down in FRESHET_TEST_KAFKA_KIT, or `--kafka HOST:PORT`: one that runs already (then \
            the faults of the broker are left out).

            Ends with 1 when a key was stale at rest, a record is unaccounted for, or a worker was stuck or ended by \
            itself. The same seed gives the same series of faults; what they hit depends on the machine.
            """,
        common: [.output],
        options: [
            .init("faults", .integer(1...1_000_000), fallback: "200", "how many faults"),
            .init("seconds", .integer(1...1_000_000), "begin no fault after this time"),
            .init("fault", .text("NAME"), repeats: true, "only this one; may be given several times"),
            .init("seed", .integer(0...Int64.max), "of the series; without it a random one"),
            .init("workers", .integer(1...16), fallback: "3", "how many workers"),
            .init(
                "rest-every", .integer(1...1_000), fallback: "1", "faults between two comparisons of every key"),
            .init(
                "account", .flag,
                "poison records and busy rows among the events, and at the end every record of the topics is held "
                    + "against the counts; only with faults of workers"),
            .init("kafka", .text("WHICH"), "embedded, kit, or HOST:PORT; without it kit where there is one"),
            .init("logs", .text("FOLDER"), "keep the workers' logs there, with debug lines"),
            .init("list", .flag, "only list the faults"),
        ],
        examples: [
            .init("freshet chaos", "200 faults"),
            .init("freshet chaos --seconds 60 --kafka embedded", "a minute of them"),
            .init(
                "freshet chaos --account --fault worker-kill --rest-every 10",
                "200 kills, every record counted"),
            .init("freshet chaos --fault redis-failover --faults 20 --seed 7", "one fault, again and again"),
        ],
        run: run)

    private static func run(_ invocation: Invocation) async throws -> ExitCode {
        if invocation.flag("list") {
            list(invocation)
            return .fine
        }
        let kit = invocation.environment["FRESHET_TEST_KAFKA_KIT"].flatMap { $0.isEmpty ? nil : $0 }
        let kafka = invocation.text("kafka") ?? (kit == nil ? "embedded" : "kit")
        let seed = invocation.integer("seed").map(UInt64.init) ?? UInt64.random(in: 0...999_999)
        let wish = ChaosRun.Wish(
            faults: Int(invocation.integer("faults") ?? 200), seconds: invocation.integer("seconds").map(Int.init),
            kinds: try faults(invocation, kafka), seed: seed, workers: Int(invocation.integer("workers") ?? 3),
            restEvery: Int(invocation.integer("rest-every") ?? 1), accounts: invocation.flag("account"))
        guard !invocation.flag("account") || wish.canAccount else {
            throw CommandFailure(
                .usage, "--account: what is counted must outlive the faults: add --fault worker-kill (or -term, -stop)."
            )
        }
        let files = try SchemaFiles.find(environment: invocation.environment)
        let (console, stop, keep) = (invocation.console, invocation.stop, invocation.text("logs"))
        let accounts = invocation.flag("account")
        console.say("seed \(seed)")
        let (text, isFine) = try await LaneThread.run("chaos") {
            let stage = try ChaosStage(
                kafka: kafka, kit: kit, files: files, keepLogs: keep, accounts: accounts)
            defer { stage.stop() }
            let run = try ChaosRun(wish, stage, stop: stop, say: { console.say($0) })
            let report = try await run.play(files)
            let text = invocation.output == .json ? report.json.render(indented: true) : report.render()
            return (text, report.isFine)
        }
        console.print(text)
        return isFine ? .fine : .found
    }

    private static func faults(_ invocation: Invocation, _ kafka: String) throws -> [ChaosFault] {
        let names = invocation.texts("fault")
        let isOurs = kafka == "embedded" || kafka == "kit"
        guard !names.isEmpty else { return ChaosFault.allCases.filter { isOurs || $0.part != .broker } }
        return try names.map { name in
            guard let fault = ChaosFault(rawValue: name) else {
                throw CommandFailure(.usage, "--fault \(name): there is no such fault; see `freshet chaos --list`.")
            }
            guard isOurs || fault.part != .broker else {
                throw CommandFailure(.usage, "--fault \(name): the broker at \(kafka) isn't ours to break.")
            }
            return fault
        }
    }

    private static func list(_ invocation: Invocation) {
        var table = Table([.init("fault"), .init("what happens")])
        for fault in ChaosFault.allCases { table.add([fault.rawValue, fault.summary]) }
        invocation.show(
            table,
            json: .array(
                ChaosFault.allCases.map {
                    .object([("fault", .string($0.rawValue)), ("what", .string($0.summary))])
                }))
    }
}
