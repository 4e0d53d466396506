import CommandKit
import FreshetCore
import RedisLink
import Wiring

/// Redis: version, role, memory, persistence, rights, and the control record. Writes nothing.
struct RedisDoctor {
    let deployment: Deployment

    private var settings: RedisSettings { deployment.settings.redisSettings }
    private var namespace: Graph.Namespace { deployment.graph.graph.namespace }

    func run() async -> Diagnosis {
        var found = Diagnosis()
        let connection: RedisConnection
        do throws(Fault) {
            connection = try RedisConnection(settings)
        } catch {
            found.fail("redis.connection", error, Self.advice(error))
            return found
        }
        found.ok("redis.connection", "\(settings.address), database \(settings.database)")
        do throws(Fault) {
            try found.clock("redis") { () throws(Fault) in try Self.time(connection) }
            if let info = try Self.info(connection, &found) { look(at: info, connection, &found) }
            found.checks += try RedisRights(prefix: namespace.prefix + namespace.separator, connection).run()
        } catch {
            found.fail("redis.answers", error, Self.advice(error))
            return found
        }
        await RecordDoctor(deployment: deployment).run(&found)
        return found
    }

    private static func advice(_ fault: Fault) -> String {
        switch fault.code {
        case .redis("READONLY"): "point `redis.host` at the master: replicas can't be written to"
        case .redis("NOAUTH"), .redis("WRONGPASS"): "check `redis.username` and `redis.password`"
        case .redis("NOPERM"): "give the user the rights that `deploy/redis.acl` lists for `freshet`"
        case .redis("LOADING"): "it is reading its data; wait until it has"
        default: "check `redis.host` and `redis.port`, and that Redis runs"
        }
    }

    private static func ask(_ connection: RedisConnection, _ words: [String]) throws(Fault) -> RedisReply {
        var commands = CommandBuffer()
        commands.command(words)
        return try connection.exchange(commands)[0]
    }

    private static func time(_ connection: RedisConnection) throws(Fault) -> Int64? {
        guard let parts = try ask(connection, ["TIME"]).elements, parts.count == 2, let seconds = parts[0].int,
            let microseconds = parts[1].int
        else { return nil }
        return seconds * 1_000 + microseconds / 1_000
    }

    /// nil where the right is missing: `RedisRights` says so.
    private static func info(
        _ connection: RedisConnection, _ found: inout Diagnosis
    ) throws(Fault) -> [String: String]? {
        guard let text = try ask(connection, ["INFO"]).text else { return nil }
        var info: [String: String] = [:]
        for line in text.split(whereSeparator: \.isNewline) where !line.hasPrefix("#") {
            guard let colon = line.firstIndex(of: ":") else { continue }
            info[String(line[..<colon])] = String(line[line.index(after: colon)...])
        }
        return info
    }

    private func look(at info: [String: String], _ connection: RedisConnection, _ found: inout Diagnosis) {
        found.checks.append(RedisFacts.version(info))
        found.checks += RedisFacts.role(info)
        found.checks += RedisFacts.memory(info)
        found.checks.append(RedisFacts.eviction(info))
        // CONFIG is a right that a worker doesn't need; with it, more can be told.
        let save = (try? Self.ask(connection, ["CONFIG", "GET", "save"]))?.elements?.last?.text
        found.checks += RedisFacts.persistence(info, save: save)
    }
}
