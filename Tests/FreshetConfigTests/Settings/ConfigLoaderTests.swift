import FreshetConfig
import FreshetCore
import Testing

@Suite struct ConfigLoaderTests {
    static let least = "graph: league.yaml\nkafka:\n  bootstrap: localhost:9092\n"

    static func load(_ text: String, _ environment: [String: String] = [:]) -> Result<LoadedConfig, ConfigProblems> {
        ConfigLoader.load(text: Array(text.utf8), file: "conf/freshet.yaml", environment: environment)
    }

    static func problems(_ text: String, _ environment: [String: String] = [:]) -> String {
        switch load(text, environment) {
        case .success: "none"
        case .failure(let problems): "\(problems)"
        }
    }

    static func row(_ config: LoadedConfig, _ setting: String) -> String {
        config.effective.rows.filter { $0.setting == setting }.map { "\($0.value ?? "-") from \($0.origin)" }
            .joined(separator: "; ")
    }

    @Test func theLeastFileAndItsDefaults() throws {
        let config = try Self.load(Self.least).get()
        let settings = config.settings
        #expect(settings.graph == "conf/league.yaml")
        #expect(settings.kafka.bootstrap == "localhost:9092")
        #expect(settings.kafka.group == "freshet")
        #expect(settings.kafka.sessionTimeout == 45_000)
        #expect(settings.redis.port == 6379)
        #expect(settings.redis.password == nil)
        #expect(
            settings.postgres.location == .parts(host: "127.0.0.1", port: 5432, user: "freshet", database: "freshet"))
        #expect(settings.worker.lanes == 2)
        #expect(settings.worker.batchBytes == 67_108_864)
        #expect(settings.worker.backoff == .init(initial: 50, cap: 5000))
        #expect(settings.offsets.strategies[.cacheBehind] == .checkpoint)
        #expect(settings.offsets.strategies.count == 8)
        #expect(settings.offsets.lagBound == nil)
        #expect(settings.offsets.rewind == 3_600_000)
        #expect(settings.samplingRate == 1)
        #expect(settings.deadLetterTopic.name(topic: "t", group: "g") == "t.dlq")
    }

    @Test func variablesOverrideTheFile() throws {
        let config = try Self.load(
            Self.least + "redis:\n  port: 7000\n  host: cache\n",
            ["FRESHET_REDIS_PORT": "7001", "FRESHET_LOG_LEVEL": "debug", "FRESHET_REDIS_HOST": "", "PATH": "/bin"]
        ).get()
        #expect(config.settings.redis.port == 7001)
        #expect(Self.row(config, "redis.port") == "7001 from FRESHET_REDIS_PORT")
        #expect(Self.row(config, "redis.host") == "cache from conf/freshet.yaml:6")
        #expect(Self.row(config, "redis.database") == "0 from default")
        #expect(Self.row(config, "redis.username") == "- from default")
        #expect(Self.row(config, "log.level") == "debug from FRESHET_LOG_LEVEL")
    }

    @Test func theEnvironmentAloneIsEnough() throws {
        let environment = [
            "FRESHET_GRAPH": "g.yaml", "FRESHET_KAFKA_BOOTSTRAP": "a:1, b:2", "FRESHET_DEPLOYMENT": "shop",
        ]
        let config = try ConfigLoader.load(text: [], file: nil, environment: environment).get()
        #expect(config.settings.graph == "g.yaml")
        #expect(config.settings.kafka.bootstrap == "a:1,b:2")
        #expect(config.settings.kafka.group == "shop")
    }

    @Test func allProblemsAtOnce() {
        let text = """
            graf: league.yaml
            kafka:
              bootstrap: localhost
              session-timeout: 45
              assignment: rang
            redis:
              port: 70000
              databse: 1
              host:
            worker:
              lanes: 0x10
              batch: 64MiB
              shutdown-timeout: 1h30m
              chunk-keys: 5000
            host: x
            offsets:
              missing: follow
              topics:
                orders.v1:
                  expird: latest
                  behind: latest
            """
        #expect(
            Self.problems(text, ["FRESHET_REDIS_PROT": "1", "FRESHET_WORKER_BATCH_BYTES": "64", "FRESHET_TEST_X": "1"])
                == """
                conf/freshet.yaml:1: graf: is not a setting; did you mean `graph`?
                conf/freshet.yaml:3: kafka.bootstrap: `localhost` has no port; \
                write HOST:PORT, several separated by commas
                conf/freshet.yaml:4: kafka.session-timeout: `45` has no unit; \
                write a whole number with a unit: 30d, 24h, 15m, 10s or 250ms
                conf/freshet.yaml:5: kafka.assignment: `rang` is not one of its values; did you mean `range`?
                conf/freshet.yaml:7: redis.port: `70000` is out of range; write a number from 1 to 65535
                conf/freshet.yaml:8: redis.databse: is not a setting; did you mean `redis.database`?
                conf/freshet.yaml:9: redis.host: has no value; write one, or remove the line
                conf/freshet.yaml:11: worker.lanes: `0x10` is not a whole number; write a number from 1 to 64
                conf/freshet.yaml:12: worker.batch: holds settings, not a value; write `name: value` below it, indented
                conf/freshet.yaml:13: worker.shutdown-timeout: `1h30m` is not a duration; \
                write a whole number with a unit: 30d, 24h, 15m, 10s or 250ms
                conf/freshet.yaml:14: worker.chunk-keys: `5000` is out of range; write a number from 1 to 4096
                conf/freshet.yaml:15: host: is not a setting; did you mean `redis.host` or `postgres.host`?
                conf/freshet.yaml:17: offsets.missing: `follow` is not one of its values; \
                known are `earliest`, `rebuild`, `latest`, `timestamp`, `halt`
                conf/freshet.yaml:20: offsets.topics.orders.v1.expird: is not a setting; did you mean `expired`?
                conf/freshet.yaml:21: offsets.topics.orders.v1.behind: `latest` is not one of its values; \
                known are `continue`, `rebuild`
                FRESHET_REDIS_PROT: is not a variable that freshet knows; did you mean `FRESHET_REDIS_PORT`?
                conf/freshet.yaml: graph: is missing; write it in the file, or set FRESHET_GRAPH: path
                FRESHET_WORKER_BATCH_BYTES: worker.batch.bytes: `64` has no unit; \
                write a whole number with a unit: 512B, 64KiB, 16MiB or 1GiB
                """)
    }

    @Test func settingsThatDoNotGoTogether() {
        let text =
            Self.least + """
                  session-timeout: 6m
                  security:
                    protocol: sasl_ssl
                    username: u
                  settings:
                    auto.offset.reset: latest
                    group.id: x
                    fetch.wait.max.ms: 5
                postgres:
                  statement-timeout: 1m
                dead-letter-topic:
                  name: "{topic}/dlq"
                """
        #expect(
            Self.problems(text) == """
                conf/freshet.yaml:4: kafka.session-timeout: 6m doesn't go with `kafka.max-poll-interval`, which is 5m; \
                it must be less than that
                conf/freshet.yaml:6: kafka.security.protocol: `sasl_ssl` needs `kafka.security.mechanism`; \
                set it, or FRESHET_KAFKA_SECURITY_MECHANISM
                conf/freshet.yaml:6: kafka.security.protocol: `sasl_ssl` needs `kafka.security.password`; \
                set it, or FRESHET_KAFKA_SECURITY_PASSWORD
                conf/freshet.yaml:9: kafka.settings.auto.offset.reset: can't be changed: \
                the worker relies on its value; remove it
                conf/freshet.yaml:9: kafka.settings.group.id: has a name here; set `kafka.group`
                conf/freshet.yaml:13: postgres.statement-timeout: 1m \
                doesn't go with `postgres.round-trip-timeout`, which is \
                15s; it must be less than that
                conf/freshet.yaml:15: dead-letter-topic.name: `/` can't be in a topic's name; \
                use letters, digits, `.`, `_`, `-`, `{topic}` and `{group}`
                """)
    }

    @Test func aGraphFileInTheSettingsPlace() {
        #expect(
            Self.problems("kinds: {}\ngraph: g\nkafka: {bootstrap: \"h:1\"}\n")
                == "conf/freshet.yaml:1: kinds: belongs into a graph file; name that file here: `graph: FILE`")
        #expect(
            Self.problems(Self.least + "redis.port: 1\n")
                == "conf/freshet.yaml:4: redis.port: is not a setting; write it nested: `redis:` and below it `port`")
    }

    @Test func aBrokenFileStillShowsTheEnvironmentsProblems() {
        #expect(
            Self.problems("a: [", ["FRESHET_GRAHP": "x"]).split(separator: "\n").last
                == "FRESHET_GRAHP: is not a variable that freshet knows; did you mean `FRESHET_GRAPH`?")
    }

    @Test func overridesPerTopic() throws {
        let config = try Self.load(
            Self.least + "offsets:\n  missing: latest\n  topics:\n    orders.v1: {behind: rebuild, lag-bound: 500}\n"
        ).get()
        let own = config.settings.offsets(of: "orders.v1")
        #expect(own.strategies[.behind] == .rebuild)
        #expect(own.strategies[.missing] == .latest)
        #expect(own.lagBound == 500)
        #expect(config.settings.offsets(of: "other").strategies[.behind] == .continue)
        #expect(config.settings.offsets(of: "other").lagBound == nil)
        #expect(Self.row(config, "offsets.topics.orders.v1.behind") == "rebuild from conf/freshet.yaml:7")
    }

    @Test func booleansAreReadWhereTheSettingIsOne() throws {
        let config = try Self.load(
            Self.least + "deployment: yes\npostgres: {pipeline: off, pooled: 'yes'}\n",
            ["FRESHET_DEAD_LETTER_TOPIC_CREATE": "no"]
        ).get()
        #expect(config.settings.deployment == "yes")
        #expect(!config.settings.postgres.isPipelined)
        #expect(config.settings.postgres.isPooled)
        #expect(!config.settings.deadLetterTopic.create)
    }

    @Test func noFileWhereOneIsNamed() {
        let result = ConfigLoader.load(file: "/nonexistent/freshet.yaml", environment: [:])
        guard case .failure(let problems) = result else { return #expect(Bool(false)) }
        #expect(
            "\(problems)" == "/nonexistent/freshet.yaml: `/nonexistent/freshet.yaml` can't be read: no such file or "
                + "directory; name a file that can be read, with --config or FRESHET_CONFIG")
    }
}
