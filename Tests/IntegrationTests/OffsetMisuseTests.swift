import Foundation
import FreshetCore
import TestServers
import Testing

/// The commands about offsets as they are used at three in the morning: with servers away, files that are none, outputs
/// that nobody reads. Each says what is wrong, where, and what to do; its code says of what kind that is.
@Suite struct OffsetMisuseTests {
    private struct Run {
        var code: Int32
        var out: String
        var err: String
    }

    private func run(_ bench: WorkerBench, config: String? = nil, _ words: [String]) throws -> Run {
        let done = try DlqProcess(
            words + ["--config", config ?? bench.config], folder: bench.folder.path, input: nil
        ).end()
        return Run(code: done.code, out: done.out, err: done.err)
    }

    private static let commands: [[String]] = [
        ["offsets", "describe"], ["offsets", "reset", "--all-topics", "--to-earliest", "--execute", "--yes"], ["lag"],
        ["replay"], ["replay", "--execute", "--yes"],
    ]

    @Test func serversThatAreAway() throws {
        let bench = try WorkerBench(.mock)
        _ = try LeaguePlay(bench)
        func config(_ name: String, _ from: String, _ to: String) throws -> String {
            let path = "\(bench.folder.path)/\(name).yaml"
            try String(contentsOfFile: bench.config, encoding: .utf8).replacing(from, with: to)
                .write(toFile: path, atomically: true, encoding: .utf8)
            return path
        }
        // Brokers that are there may take their time.
        let kafka = try config(
            "kafka", "bootstrap: \"\(bench.kafka.bootstrap)\"", "bootstrap: \"127.0.0.1:1\"\n  request-timeout: 2s")
        let redis = try config("redis", "port: \(bench.redis.port)", "port: 1")
        for words in Self.commands {
            let noRedis = try run(bench, config: redis, words)
            #expect(noRedis.code == 3, "\(words): \(noRedis)")
            #expect(noRedis.err.contains("127.0.0.1:1") && noRedis.err.contains("redis.port"), "\(words): \(noRedis)")
            // Without a control record a replay ends before it asks the brokers.
            if words[0] == "replay" { continue }
            let noKafka = try run(bench, config: kafka, words)
            #expect(noKafka.code == 3, "\(words): \(noKafka)")
            #expect(
                noKafka.err.contains("127.0.0.1:1") && noKafka.err.contains("kafka.bootstrap"), "\(words): \(noKafka)")
        }
        // PostgreSQL only tells its history: what is known without it is shown, with a note.
        let postgres = try config("postgres", bench.url, "postgresql://postgres@127.0.0.1:1/league")
        let described = try run(bench, config: postgres, ["offsets", "describe"])
        #expect(described.code == 0, "\(described)")
        #expect(described.out.contains("Note: PostgreSQL can't be reached"))
        for words in [["replay"], ["offsets", "reset", "--all-topics", "--to-earliest", "--execute", "--yes"]] {
            let noRecord = try run(bench, words)
            #expect(noRecord.code != 0 && noRecord.err.contains("control record"), "\(words): \(noRecord)")
        }
    }

    @Test func plansThatAreNone() throws {
        let bench = try WorkerBench(.mock)
        let plan = "\(bench.folder.path)/plan"
        for (bytes, complaint) in [
            (Data([0xff, 0xfe, 0, 1]), "is not UTF-8"), (Data("".utf8), "names no partition"),
            (Data("\(bench.topic),0".utf8), "plan:1: "), (Data("\(bench.topic),0,1\n\(bench.topic),0,2".utf8), "twice"),
            (Data("{\"partitions\": 7}".utf8), "is no plan"), (Data("elsewhere,0,1".utf8), "names elsewhere[0]"),
            (Data("\(bench.topic),99,1".utf8), "[99], and the workers"), (Data(count: 100_000), "plan:1: "),
            (Data("other,\(bench.topic),0,1".utf8), "is of group `other`"),
        ] {
            try bytes.write(to: URL(filePath: plan))
            let done = try run(bench, ["offsets", "reset", "--from-file", plan, "--execute", "--yes"])
            #expect(done.code == 2 && done.err.contains(complaint), "\(complaint): \(done)")
            #expect(done.err.count < 1_000, "\(done.err.prefix(2_000))")
        }
        let folder = try run(bench, ["offsets", "reset", "--from-file", bench.folder.path])
        #expect(folder.code == 2 && folder.err.contains("can't be read"), "\(folder)")
    }

    @Test func wordsThatContradict() throws {
        let bench = try WorkerBench(.mock)
        for (words, complaint) in [
            (["offsets", "reset", "--all-topics", "--cancel", "--to-earliest"], "say one of them"),
            (["offsets", "reset", "--all-topics", "--to-offset", "-3"], "at least 0"),
            (["offsets", "reset", "--all-topics", "--to-datetime", "yesterday"], "write a date"),
            (["offsets", "reset", "--topic", "\(bench.topic):x", "--to-earliest"], "as numbers"),
            (["offsets", "describe", "--topic", "\(bench.topic)x"], "did you mean"),
            (["lag", "--max", "many"], "--max"), (["lag", "--topic", "nothing"], "don't read topic"),
            (["replay", "--by-duration", "soon"], "--by-duration"), (["replay", "--share", "5/4"], "--share"),
            (["replay", "--from-offset", "1", "--by-duration", "1h"], "Only one of"),
            (["replay", "--kinds", "plane"], "plane"), (["replay", "match:x"], "match:x"),
            (["replay", "--execute"], "add --yes"),
        ] {
            let done = try run(bench, words)
            #expect(done.code == 2 && done.err.contains(complaint), "\(words): \(done)")
        }
    }

    /// A reader that goes away, and Ctrl-C: no trace, no signal, no half order.
    @Test func whoStopsInTheMiddle() async throws {
        let scene = try await OffsetScene(.mock)
        let bench = scene.bench
        let script = """
            for words in 'offsets describe' 'lag' 'replay' 'offsets reset --all-topics --to-earliest --export'; do
              "$0" $words --config "$1" 2>"$2" | true
              echo "$words ${PIPESTATUS[0]} $(cat "$2")" >>"$3"
            done
            """
        let (errors, result) = ("\(bench.folder.path)/pipe.err", "\(bench.folder.path)/pipe.out")
        let shell = try DlqProcess(
            ["-c", script, TestEnvironment.binary, bench.config, errors, result], folder: bench.folder.path, input: nil,
            executable: "/bin/bash")
        _ = shell.end()
        let lines = try String(contentsOfFile: result, encoding: .utf8)
        for words in ["offsets describe", "lag", "replay", "--export"] {
            #expect(lines.contains("\(words) 0"), "\(words): \(lines)")
        }

        // No worker runs, and the embedded broker doesn't know that: it waits until somebody stops it.
        let waiting = try DlqProcess(
            ["offsets", "reset", "--topic", bench.topic, "--to-earliest", "--execute", "--config", bench.config],
            folder: bench.folder.path, input: nil)
        try await wait("the orders are given") {
            try scene.describe().allSatisfy { ($0["next"] as? [String: Any])?["ordered"] as? Bool == true }
        }
        waiting.signal(SIGINT)
        let stopped = waiting.end()
        #expect(stopped.code == 1, "\(stopped)")
        #expect(stopped.out.contains("the orders stay until a worker performs them"), "\(stopped)")
        let cancelled = try run(
            bench, ["offsets", "reset", "--topic", bench.topic, "--cancel", "--execute"])
        #expect(cancelled.code == 0 && cancelled.out.contains("order taken back"), "\(cancelled)")
        #expect(try scene.describe().allSatisfy { $0["class"] as? String == "none" })

        let replay = try DlqProcess(
            ["replay", "--execute", "--yes", "--window-records", "50", "--redis-rate", "25", "--config", bench.config],
            folder: bench.folder.path, input: nil)
        try await wait("its first window is through") {
            let names = try bench.cache().command("HKEYS", "v1:freshet").elements?.compactMap(\.text) ?? []
            return names.contains { $0.hasPrefix("note:replay:") }
        }
        replay.signal(SIGINT)
        let cut = replay.end()
        #expect(cut.code == 130, "\(cut)")
        #expect(cut.out.contains("the same command goes on from there"), "\(cut)")
        try bench.expectVerified("after a replay that was cut")
    }
}
