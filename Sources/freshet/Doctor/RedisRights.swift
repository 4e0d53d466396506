import FreshetCore
import RedisLink

/// Whether the user may do what the product does, without doing it.
///
/// Redis checks rights before it looks at anything else, so commands of the scripts are tried in a script that declares
/// that it doesn't write: a write that is allowed is refused for that reason, and one that isn't for its own.
struct RedisRights {
    /// What the scripts of workers under `schemas/redis` call.
    static let inScripts: [[String]] = [
        ["GET"], ["SET", "x"], ["UNLINK"], ["HGET", "x"], ["HMGET", "x"], ["HSET", "x", "x"], ["HDEL", "x"],
        ["HEXISTS", "x"], ["HINCRBY", "x", "1"],
    ]
    /// What workers can do without.
    static let upkeep: Set<String> = ["HSCAN", "PTTL", "DBSIZE"]
    static let withoutKey: [[String]] = [["INFO", "server"], ["TIME"]]

    private static let probe = """
        #!lua flags=no-writes
        local answers = {}
        for command in string.gmatch(ARGV[1], '[^\\n]+') do
          local words = {}
          for word in string.gmatch(command, '%S+') do words[#words + 1] = word == 'KEY' and KEYS[1] or word end
          local reply = redis.pcall(unpack(words))
          answers[#answers + 1] = type(reply) == 'table' and reply.err or ''
        end
        return answers
        """

    let prefix: String
    private let connection: RedisConnection

    init(prefix: String, _ connection: RedisConnection) {
        self.prefix = prefix
        self.connection = connection
    }

    func run() throws(Fault) -> [Check] {
        let key = "\(prefix)freshet:doctor"
        let direct: [(name: String, words: [String])] = [
            ("INFO", ["INFO", "server"]), ("TIME", ["TIME"]), ("ROLE", ["ROLE"]),
            ("CLIENT SETNAME", ["CLIENT", "SETNAME", "freshet"]),
            ("SCAN", ["SCAN", "0", "MATCH", "\(prefix)freshet", "COUNT", "1"]), ("DBSIZE", ["DBSIZE"]),
            ("MGET", ["MGET", key]), ("HMGET", ["HMGET", key, "x"]), ("HSCAN", ["HSCAN", key, "0"]),
            ("PTTL", ["PTTL", key]), ("SCRIPT LOAD", ["SCRIPT", "LOAD", Self.probe]),
        ]
        var commands = CommandBuffer()
        for (_, words) in direct { commands.command(words) }
        let replies = try connection.exchange(commands)
        var missing = zip(direct, replies).filter { Self.isRefused($1) }.map(\.0.name)
        var isKeyRefused = replies.contains { Self.speaksOfKeys($0) }
        if let name = replies.last?.text {
            let tried = Self.inScripts.map { [$0[0], "KEY"] + $0.dropFirst() } + Self.withoutKey
            var call = CommandBuffer()
            call.command(["EVALSHA", name, "1", key, tried.map { $0.joined(separator: " ") }.joined(separator: "\n")])
            let reply = try connection.exchange(call)[0]
            if let answers = reply.elements {
                for (words, answer) in zip(tried, answers) where Self.isRefused(answer) {
                    if !missing.contains(words[0]) { missing.append(words[0]) }
                }
            } else if Self.speaksOfKeys(reply) {
                isKeyRefused = true
            } else if Self.isRefused(reply) {
                missing.append("EVALSHA")
            }
        }
        return checks(missing, isKeyRefused)
    }

    private func checks(_ missing: [String], _ isKeyRefused: Bool) -> [Check] {
        var checks: [Check] = []
        if isKeyRefused {
            checks.append(
                .error(
                    "redis.keys", "the user may not use keys that begin with `\(prefix)`",
                    "ACL SETUSER \(user) ~\(prefix)*"))
        }
        let dire = missing.filter { !Self.upkeep.contains($0) }
        let rest = missing.filter { Self.upkeep.contains($0) }
        if !dire.isEmpty {
            checks.append(.error("redis.rights", "the user may not use \(dire.joined(separator: ", "))", advice(dire)))
        } else if !isKeyRefused {
            checks.append(.ok("redis.rights", "every command that workers use is allowed"))
        }
        if !rest.isEmpty {
            checks.append(
                .warning(
                    "redis.upkeep-rights",
                    "the user may not use \(rest.joined(separator: ", ")), which `freshet maintain` and `verify` need",
                    advice(rest)))
        }
        return checks
    }

    private func advice(_ missing: [String]) -> String {
        let words = missing.map { "+" + $0.lowercased().replacing(" ", with: "|") }.joined(separator: " ")
        return "ACL SETUSER \(user) \(words) (`deploy/redis.acl` has all of them)"
    }

    private var user: String { connection.settings.username ?? "default" }

    private static func line(_ reply: RedisReply) -> String? {
        if case .error(let line) = reply { return line }
        return reply.text
    }

    private static func speaksOfKeys(_ reply: RedisReply) -> Bool {
        guard case .error(let line) = reply else { return false }
        return line.hasPrefix("NOPERM") && line.contains("key")
    }

    private static func isRefused(_ reply: RedisReply) -> Bool {
        if speaksOfKeys(reply) { return false }
        guard let line = line(reply) else { return false }
        return line.hasPrefix("NOPERM") || line.contains("can't run this command")
    }
}
