import Foundation
import FreshetConfig
import Testing

@Suite struct SecretTests {
    static let word = "hunter2-öß"

    @Test func itNeverPrints() {
        let secret = Secret(Self.word)
        var dumped = ""
        dump(secret, to: &dumped)
        dump(["a": (1, secret as Secret?)], to: &dumped)
        let all =
            "\(secret) \(String(reflecting: secret)) \(String(describing: Optional(secret))) \([secret]) "
            + "\(Mirror(reflecting: secret).children.count) \(dumped)"
        #expect(!all.contains("hunter2"))
        #expect("\(secret)" == "***")
        #expect(secret.reveal() == Self.word)
    }

    @Test func neitherDoSettingsThatHoldIt() throws {
        let environment = [
            "FRESHET_REDIS_PASSWORD": Self.word, "FRESHET_POSTGRES_URL": "postgres://u:hunter2%20x@h/d",
            "FRESHET_KAFKA_SETTINGS": "",
        ]
        let text = "\(ConfigLoaderTests.least)  settings: {ssl.key.password: hunter2, x.y: 1}\n"
        let config = try ConfigLoaderTests.load(text, environment).get()
        var dumped = "\(config) \(String(reflecting: config))"
        dump(config, to: &dumped)
        // librdkafka's own settings are plain strings in here; only what is shown of them is masked.
        let shown = config.effective.rows.map { "\($0)" }.joined()
        #expect(!shown.contains("hunter2"))
        #expect(!dumped.replacing("\"hunter2\"", with: "").contains("hunter2"))
        #expect(config.settings.redis.password?.reveal() == Self.word)
        #expect(config.settings.postgres.password?.reveal() == "hunter2 x")
        #expect(config.settings.postgres.location == .url("postgres://u@h/d"))
        #expect(config.settings.postgres.revealURL() == "postgres://u:hunter2%20x@h/d")
        #expect(ConfigLoaderTests.row(config, "redis.password") == "*** from FRESHET_REDIS_PASSWORD")
        #expect(ConfigLoaderTests.row(config, "postgres.url") == "postgres://u:***@h/d from FRESHET_POSTGRES_URL")
        #expect(ConfigLoaderTests.row(config, "postgres.password") == "*** from FRESHET_POSTGRES_URL")
        #expect(ConfigLoaderTests.row(config, "kafka.settings.ssl.key.password") == "*** from conf/freshet.yaml:4")
    }

    @Test(arguments: [
        ("mysql://h/d", "is not a PostgreSQL URL; write `postgresql://USER@HOST:PORT/DATABASE`"),
        ("postgres://u:pa/ss@h/d", "has an `@` behind the host; percent-encode `/`, `?`, `#` and `@` in the password"),
        ("postgres://u:pa%ss@h/d", "has a password with a `%` that encodes nothing; write `%` as `%25`"),
        (
            "postgres://u@h/d?password=pass",
            "has a password among its parameters; write `USER:PASSWORD@`, or set `postgres.password-file`"
        ),
    ])
    func urlsThatAreNone(_ url: String, _ message: String) {
        #expect(
            ConfigLoaderTests.problems(ConfigLoaderTests.least, ["FRESHET_POSTGRES_URL": url])
                == "FRESHET_POSTGRES_URL: postgres.url: \(message)")
    }

    @Test func oneWayToSayIt() {
        let text =
            ConfigLoaderTests.least + """
                postgres:
                  url: postgres://u:p@h/d
                  host: h
                  password: q
                redis:
                  password: a
                  password-file: b
                """
        #expect(
            ConfigLoaderTests.problems(text).split(separator: "\n").filter { !$0.contains("can't be read") } == [
                "conf/freshet.yaml:5: postgres.url: has a password, and so has `postgres.password`; "
                    + "keep one of the two",
                "conf/freshet.yaml:6: postgres.host: is set, and so is `postgres.url`; keep one of the two",
                "conf/freshet.yaml:10: redis.password-file: is set, and so is `redis.password`; keep one of the two",
            ])
    }

    @Test func secretsInFilesOfTheirOwn() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "freshet-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        func write(_ name: String, _ text: String, _ mode: Int) throws -> String {
            let url = folder.appending(path: name)
            try Data(text.utf8).write(to: url)
            try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: url.path)
            return url.path
        }
        _ = try write("redis.txt", Self.word + "\r\n", 0o600)
        let open = try write("pg.txt", "p q\n", 0o644)
        let empty = try write("empty.txt", "\n", 0o600)
        let file = try write(
            "freshet.yaml", ConfigLoaderTests.least + "redis:\n  password-file: redis.txt\npostgres:\n  password: x\n",
            0o644)

        let config = try ConfigLoader.load(
            file: nil, environment: ["FRESHET_CONFIG": file, "FRESHET_POSTGRES_PASSWORD_FILE": open]
        ).get()
        #expect(config.settings.graph == folder.path + "/league.yaml")
        #expect(config.settings.redis.password?.reveal() == Self.word)
        #expect(config.settings.postgres.password?.reveal() == "p q")
        #expect(ConfigLoaderTests.row(config, "redis.password") == "*** from \(folder.path)/redis.txt")
        #expect(
            config.warnings.map(\.description) == [
                "FRESHET_POSTGRES_PASSWORD_FILE: postgres.password-file: `\(open)` can be read by every user; "
                    + "run `chmod o-r \(open)`"
            ])

        let plain = try ConfigLoader.load(file: file, environment: [:]).get()
        #expect(
            plain.warnings.map(\.description) == [
                "\(file):7: postgres.password: stands in a file that every user can read; "
                    + "set FRESHET_POSTGRES_PASSWORD or `postgres.password-file` instead, or run `chmod o-r \(file)`"
            ])

        let problems = ConfigLoader.load(file: file, environment: ["FRESHET_POSTGRES_PASSWORD_FILE": empty])
        #expect(
            "\(problems)".contains(
                "FRESHET_POSTGRES_PASSWORD_FILE: postgres.password-file: `\(empty)` is empty; write the secret into it")
        )
    }
}
